import assert from "node:assert/strict";
import { eventually } from "../../../cluster/eventually.ts";
import { budget } from "../../practices/objects.ts";
import { sound } from "../../practices/support.ts";
import { SIZED } from "../../support/manifests.ts";
import { APP, DATA, gateway } from "../site.ts";
import { apiServer, type Group, guard, NO_EFFECT, through } from "../try.ts";

const SCALE = `/apis/apps/v1/namespaces/${APP}/deployments/gateway/scale`;
const scale = (spec: object) => ({
  apiVersion: "autoscaling/v1",
  kind: "Scale",
  metadata: { name: "gateway", namespace: APP },
  spec,
});

export const DOORS: Group = {
  title: "By another door of the same object",
  tries: [
    {
      id: "scale-subresource",
      what: "scale a critical component down by its scale subresource, not its spec",
      outcome: guard("ha-min-replicas"),
      how: "`deployments/scale` is registered; the parent is looked up in the cache",
      run: (site) => site.kubectl("-n", APP, "scale", "deployment/gateway", "--replicas=1"),
    },
    {
      id: "scale-absent",
      what: "send a Scale without replicas, which means 0 there and 1 elsewhere",
      outcome: guard("ha-scale-to-zero"),
      how: "an absent `Scale.spec.replicas` is read as 0",
      run: (site) => site.raw("PUT", SCALE, scale({})),
    },
    {
      id: "scale-merge-patch",
      what: "merge-patch the scale subresource to 0",
      outcome: guard("ha-scale-to-zero"),
      how: "the API server sends the patched Scale, whatever the type of the patch",
      run: (site) =>
        site.patch(
          "deployment",
          `${APP}/gateway`,
          { spec: { replicas: 0 } },
          "--type=merge",
          "--subresource=scale",
        ),
    },
    {
      id: "scale-custom-resource",
      what: "scale a database cluster down by the scale subresource of its custom resource",
      outcome: guard("ha-min-replicas"),
      how: "`clusters/scale` is registered",
      run: (site) =>
        site.kubectl("-n", DATA, "scale", "clusters.postgresql.cnpg.io/pg", "--replicas=1"),
    },
    {
      id: "status-smuggles-spec",
      what: "change the spec in a write to the status subresource, which is not judged",
      outcome: NO_EFFECT,
      how: "the API server keeps the stored spec in writes to `/status`",
      run: (site) =>
        site.patch(
          "deployment",
          `${APP}/gateway`,
          { spec: { replicas: 0 } },
          "--type=merge",
          "--subresource=status",
        ),
      verify: async (site) => {
        const { spec } = await site.platform.get("deployment", `${APP}/gateway`);
        assert.equal(spec.replicas, 2);
      },
    },
    {
      id: "status-settles-rollout",
      what: "write a status that calls a rollout finished, so that the next layer may start",
      outcome: { by: "rbac" },
      how: "ClusterRole `edit` may read `/status`, not write it; the controllers overwrite it at once",
      run: (site) =>
        site.asDeveloper(
          ...["patch", "statefulset", "broker", "-n", DATA, "--subresource=status"],
          ...["--type=merge", "-p", '{"status":{"currentRevision":"x"}}'],
        ),
    },
    {
      id: "resize-to-zero",
      what: "take a running Pod's requests away by `pods/resize`",
      outcome: guard("res-resize"),
      how: "`pods/resize` is registered",
      run: (site) => {
        const resources = { requests: { cpu: "0" } };
        return site.patch(
          "pod",
          `${APP}/shell`,
          { spec: { containers: [{ name: "shell", resources }] } },
          "--type=strategic",
          "--subresource=resize",
        );
      },
    },
    {
      id: "ephemeral-container",
      what: "put a literal credential into an ephemeral container",
      outcome: through(),
      how: "`pods/ephemeralcontainers` is left alone on purpose, debugging must work in an outage. RBAC on the subresource decides, the API server's audit log shows it",
      run: (site) =>
        site.patch(
          "pod",
          `${APP}/shell`,
          {
            spec: {
              ephemeralContainers: [
                {
                  name: "debug",
                  image: "registry.example/shell:1.4.0",
                  env: [{ name: "DB_PASSWORD", value: "hunter2-Str0ng" }],
                },
              ],
            },
          },
          "--type=strategic",
          "--subresource=ephemeralcontainers",
        ),
    },
    {
      id: "eviction",
      what: "evict the Pods of a workload instead of scaling it",
      outcome: apiServer(/disruption budget/),
      how: "the API server holds evictions to the PodDisruptionBudget, which pdb-delete-protect keeps in place",
      run: async (site) => {
        const single = sound("Deployment", `${APP}/single`, { component: "none", replicas: 1 });
        await site.given([single, budget(`${APP}/single`, { minAvailable: 1 })]);
        const [pod] = await eventually(async () => {
          const pods = await site.platform.list("pods", APP, "-l", "app=single");
          return (
            pods.some(({ status }) => (status as { phase: string }).phase === "Running") && pods
          );
        }, 30_000);
        const name = pod?.metadata.name;
        return site.raw("POST", `/api/v1/namespaces/${APP}/pods/${name}/eviction`, {
          apiVersion: "policy/v1",
          kind: "Eviction",
          metadata: { name, namespace: APP },
        });
      },
    },
    {
      id: "finalize-namespace",
      what: "empty the finalizers of the data namespace by its finalize subresource",
      outcome: NO_EFFECT,
      how: "a namespace that is not being deleted just loses the entry; deleting it is refused as before",
      run: (site) =>
        site.raw("PUT", `/api/v1/namespaces/${DATA}/finalize`, {
          apiVersion: "v1",
          kind: "Namespace",
          metadata: { name: DATA },
          spec: { finalizers: [] },
        }),
      verify: async (site) => {
        const deletion = await site.kubectl("delete", "namespace", DATA);
        assert.match(deletion.stderr, /\[backup-delete-protect\]/);
        await site.raw("PUT", `/api/v1/namespaces/${DATA}/finalize`, {
          apiVersion: "v1",
          kind: "Namespace",
          metadata: { name: DATA },
          spec: { finalizers: ["kubernetes"] },
        });
      },
    },
    {
      id: "server-side-apply-field",
      what: "own nothing but spec.replicas by a forced server-side apply, and set it to 0",
      outcome: guard("ha-scale-to-zero"),
      how: "admission sees the merged object, whoever owns which field",
      run: (site) =>
        site.apply(
          {
            apiVersion: "apps/v1",
            kind: "Deployment",
            metadata: { name: "gateway", namespace: APP },
            spec: { replicas: 0 },
          },
          ...["--server-side", "--force-conflicts", "--field-manager=somebody", "--validate=false"],
        ),
    },
    {
      id: "guards-field-manager",
      what: "apply under the guard's own field manager, as if it were its doing",
      outcome: guard("res-limits-required"),
      how: "a field manager is a name that anybody may write; only the requester counts",
      run: (site) =>
        site.apply(
          {
            ...gateway(),
            metadata: {
              name: "gateway",
              namespace: DATA,
              labels: { "policy.keymate.io/component": "none" },
            },
            spec: {
              ...gateway().spec,
              template: {
                metadata: { labels: { app: "gateway" } },
                spec: {
                  containers: [
                    {
                      name: "main",
                      image: "registry.example/main:1.4.0",
                      resources: { requests: SIZED.requests },
                    },
                  ],
                },
              },
            },
          },
          ...["--server-side", "--field-manager=keymate-guard"],
        ),
    },
  ],
};
