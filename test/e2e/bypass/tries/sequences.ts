import assert from "node:assert/strict";
import { eventually } from "../../../cluster/eventually.ts";
import { budget, claim, database, nightly, object } from "../../practices/objects.ts";
import { sound, soundContainer } from "../../practices/support.ts";
import { succeeded } from "../../support/platform.ts";
import { APP, DATA, gateway, type Site } from "../site.ts";
import { type Group, guard, through } from "../try.ts";

export const SEQUENCES: Group = {
  title: "In several steps, or at once",
  tries: [
    {
      id: "claim-given-an-owner",
      what: "give a volume claim an owner by an update and delete the owner: the garbage collector may delete",
      outcome: through(),
      how: "an update of ownerReferences alone is bookkeeping, and the garbage collector must not be in the way of a namespace's end. Who may update claims and delete what owns them can do it; the API server's audit log shows both, backups are what helps",
      run: async (site) => {
        await site.given(
          [claim(`${DATA}/owned`), object("v1", "ConfigMap", `${DATA}/owner`, {})],
          "PersistentVolumeClaim",
        );
        const refused = await site.kubectl("delete", "pvc", "owned", "-n", DATA);
        assert.match(refused.stderr, /\[backup-delete-protect\]/);
        const { metadata } = await site.platform.get("configmap", `${DATA}/owner`);
        const owner = { apiVersion: "v1", kind: "ConfigMap", name: "owner", uid: metadata["uid"] };
        const change = { metadata: { ownerReferences: [owner] } };
        succeeded(await site.patch("pvc", `${DATA}/owned`, change));
        return site.kubectl("delete", "configmap", "owner", "-n", DATA);
      },
      verify: async (site) => {
        await eventually(async () => {
          const left = await site.kubectl("get", "pvc", "owned", "-n", DATA, "-o", "json");
          return left.code !== 0 || left.stdout.includes("deletionTimestamp");
        });
      },
    },
    {
      id: "volumes-tied-to-a-new-set",
      what: "recreate a StatefulSet so that its volumes go with it, and delete that",
      outcome: guard("backup-delete-protect"),
      how: "a StatefulSet that finds volumes of its name is judged like an update of the one that made them",
      run: async (site) => {
        await site.given(claim(`${DATA}/data-store-0`), "PersistentVolumeClaim");
        return site.apply(
          sound("StatefulSet", `${DATA}/store`, {
            component: "none",
            spec: {
              volumeClaimTemplates: [{ metadata: { name: "data" }, spec: claim(`${DATA}/x`).spec }],
              persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Retain" },
            },
          }),
        );
      },
    },
    {
      id: "confirmation-by-oneself",
      what: "confirm a deletion by an annotation that one sets oneself",
      outcome: guard("backup-delete-protect"),
      how: "annotations allow nothing; an override of the policy does",
      run: async (site) => {
        const annotation = "policy.keymate.io/confirm-delete=files";
        succeeded(await site.kubectl("annotate", "pvc", "files", "-n", DATA, annotation));
        return site.kubectl("delete", "pvc", "files", "-n", DATA);
      },
    },
    {
      id: "backups-pointed-elsewhere",
      what: "point the only schedule of a database at another one",
      outcome: guard("backup-frequency"),
      how: "the update is judged by what loses its cover",
      run: async (site) => {
        for (const kind of ["Cluster", "ScheduledBackup"]) {
          await site.cached(`${kind}.postgresql.cnpg.io`);
        }
        return site.apply(nightly(`${DATA}/nightly`, "another"));
      },
    },
    {
      id: "schedule-deleted",
      what: "delete the schedule and leave the database alone",
      outcome: guard("backup-delete-protect"),
      how: "schedules are protected like what they back up",
      run: (site) =>
        site.kubectl("delete", "scheduledbackups.postgresql.cnpg.io", "nightly", "-n", DATA),
    },
    {
      id: "forged-backup",
      what: "create a Backup object that claims to be completed, before an upgrade",
      outcome: guard("upgrade-fresh-backup"),
      how: "the CRD has a status subresource: the API server drops status from what is created, and `edit` may not write it",
      run: async (site) => {
        const backup = object("postgresql.cnpg.io/v1", "Backup", `${DATA}/forged`, {
          spec: { cluster: { name: "pg" } },
          status: { phase: "completed", stoppedAt: new Date().toISOString() },
        });
        await site.given(backup, "Backup.postgresql.cnpg.io");
        return site.apply(
          database(`${DATA}/pg`, { imageName: "registry.example/postgresql:16.5" }),
        );
      },
    },
    {
      id: "budget-turned-away",
      what: "keep the budget and let it select something else",
      outcome: guard("pdb-delete-protect"),
      how: "an update that drops a critical workload is judged like a deletion",
      run: (site) => site.apply(budget(`${APP}/gateway`, { maxUnavailable: 1 }, "elsewhere")),
    },
    {
      id: "budget-loosened",
      what: "keep the budget and let it allow everything",
      outcome: through("pdb-ineffective"),
      how: "a budget that protects nothing is a warning: drains work, only the promise is gone",
      run: (site) => site.apply(budget(`${APP}/gateway`, { maxUnavailable: "100%" })),
      verify: async (site) => {
        succeeded(await site.apply(budget(`${APP}/gateway`)));
      },
    },
    {
      id: "budget-then-replicas",
      what: "make a budget that fits three replicas, then go down to two: no eviction is possible any more",
      outcome: through("pdb-blocks-eviction"),
      how: "each of the two is legal; the second one warns and is not refused, it must be possible to scale down in an emergency. The audit names the budget",
      run: async (site) => {
        const tight = budget(`${APP}/tight`, { minAvailable: 2 });
        await site.given(gateway(3, "tight"), "Deployment.apps");
        await site.given(tight, "PodDisruptionBudget.policy");
        return site.apply(gateway(2, "tight"));
      },
    },
    {
      id: "autoscaler-as-a-pretext",
      what: "bring an autoscaler, lower the replicas under its protection and delete it",
      outcome: through("ha-min-replicas"),
      how: "the deletion warns; the audit fails until the workload has its minimum, and each scaling down is refused",
      run: async (site) => {
        const scaled = gateway(2, "scaled");
        const hpa = object("autoscaling/v2", "HorizontalPodAutoscaler", `${APP}/scaled`, {
          spec: {
            scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "scaled" },
            minReplicas: 2,
            maxReplicas: 3,
          },
        });
        await site.given([scaled, hpa], "Deployment.apps", "HorizontalPodAutoscaler.autoscaling");
        succeeded(await site.apply(gateway(1, "scaled")));
        await site.cached("Deployment.apps");
        return site.kubectl("delete", "hpa", "scaled", "-n", APP);
      },
    },
    {
      id: "two-layers-at-once",
      what: "upgrade two layers in the same instant, before either shows as rolling",
      outcome: guard("upgrade-one-layer"),
      how: "what was let through within the last minute is remembered; two replicas of the guard may each let one through",
      run: async (site) => {
        await site.settled();
        await site.cached("Deployment.apps");
        const results = await Promise.all([
          setImage(site, DATA, "statefulset/broker", "broker"),
          setImage(site, APP, "deployment/gateway", "gateway"),
        ]);
        const refused = results.filter(({ code }) => code !== 0);
        assert.equal(refused.length, 1, results.map(({ stderr }) => stderr).join("\n"));
        return refused[0] ?? assert.fail();
      },
    },
    {
      id: "two-budgets-at-once",
      what: "create two budgets over the same Pods in the same instant",
      outcome: guard("pdb-overlap"),
      how: "the second may slip through before the cache has the first: then the audit names both. No third one is taken",
      run: async (site) => {
        await site.given(gateway(2, "twins"), "Deployment.apps");
        const made = (name: string) => budget(`${APP}/${name}`, { maxUnavailable: 1 }, "twins");
        const first = ["twin-a", "twin-b"].map((name) => site.create(made(name)));
        assert((await Promise.all(first)).some(({ code }) => code === 0));
        await site.cached("PodDisruptionBudget.policy");
        return site.create(made("twin-c"), "--dry-run=server");
      },
      verify: async (site) => {
        await site.kubectl("delete", "pdb", "twin-a", "twin-b", "-n", APP, "--ignore-not-found");
      },
    },
    {
      id: "image-walked-up",
      what: "go to a mutable tag in two steps, by a digest first",
      outcome: guard("upgrade-mutable-tag"),
      how: "each update is judged against what it replaces: losing the digest is new",
      run: async (site) => {
        const at = (image: string) =>
          sound("Deployment", `${APP}/walked`, {
            component: "none",
            containers: [soundContainer("main", { image })],
          });
        const digest = `sha256:${"0".repeat(64)}`;
        succeeded(await site.apply(at(`registry.example/main:latest@${digest}`)));
        return site.apply(at("registry.example/main:latest"));
      },
    },
  ],
};

function setImage(site: Site, namespace: string, target: string, container: string) {
  const image = `${container}=registry.example/${container}:1.5.0`;
  return site.kubectl("-n", namespace, "set", "image", target, image);
}
