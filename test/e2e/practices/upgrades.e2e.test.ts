import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "../../cluster/eventually.ts";
import { assertNoInternalError } from "../support/counters.ts";
import { Platform, succeeded } from "../support/platform.ts";
import { budget, database, object } from "./objects.ts";
import {
  applyCrds,
  refusedBy,
  seen,
  soonRefusedBy,
  sound,
  soundContainer,
  warnedBy,
} from "./support.ts";

const APP = "platform-application";
const DATA = "platform-data";

let platform: Platform;

before(async () => {
  platform = await Platform.start({ before: applyCrds, scheduler: true, kwok: true });
  succeeded(
    await platform.send("apply", [
      budget(`${APP}/gateway`),
      gateway("1.4.0"),
      // Each Pod takes a while to count as available: the rollout can be seen.
      sound("StatefulSet", `${DATA}/broker`, {
        component: "message-broker",
        containers: [soundContainer("broker")],
        spec: { minReadySeconds: 4 },
      }),
    ]),
  );
  await settled();
});

after(() => platform?.stop());

const gateway = (version: string) =>
  sound("Deployment", `${APP}/gateway`, {
    component: "api-gateway",
    containers: [soundContainer("gateway", { image: `registry.example/gateway:${version}` })],
  });

function setImage(place: string, image: string) {
  const [namespace = "", workload = ""] = place.split(" ");
  const container = workload.slice(workload.indexOf("/") + 1);
  return platform.kubectl("-n", namespace, "set", "image", workload, `${container}=${image}`);
}

async function settled(): Promise<void> {
  const wait = ["rollout", "status", "--timeout=60s"];
  succeeded(await platform.kubectl("-n", DATA, ...wait, "statefulset/broker"));
  succeeded(await platform.kubectl("-n", APP, ...wait, "deployment/gateway"));
}

test("an image that may change by itself is refused", async () => {
  const result = await setImage(`${APP} deployment/gateway`, "registry.example/gateway:latest");
  assert.ok(refusedBy(result).includes("upgrade-mutable-tag"));
});

test("the application layer waits while the data layer rolls, and no longer", async () => {
  const upgrade = () => setImage(`${APP} deployment/gateway`, "registry.example/gateway:1.5.0");
  succeeded(await setImage(`${DATA} statefulset/broker`, "registry.example/broker:1.5.0"));
  const text = refusedText(await upgrade());
  assert.match(
    text,
    /\[upgrade-one-layer\] StatefulSet platform-data\/broker of layer data is progressing/,
  );
  assert.match(text, /retry when it settles/);
  await settled();
  await eventually(async () => (await upgrade()).code === 0);
  await settled();
});

test("a rollback is never refused, whatever rolls in other layers", async () => {
  await seen(platform, `${APP}/gateway`, "deployment");
  succeeded(await setImage(`${DATA} statefulset/broker`, "registry.example/broker:1.6.0"));
  const undone = await platform.kubectl("-n", APP, "rollout", "undo", "deployment/gateway");
  assert.deepEqual(warnedBy(undone), ["upgrade-rollback-allowed"]);
  const { spec } = await platform.get("deployment", `${APP}/gateway`);
  assert.equal(spec.template.spec.containers[0].image, "registry.example/gateway:1.4.0");
  await settled();
});

test("within a layer nobody waits: what is broken is fixed forward", async () => {
  succeeded(await setImage(`${DATA} statefulset/broker`, "registry.example/broker:1.7.0"));
  succeeded(await setImage(`${DATA} statefulset/broker`, "registry.example/broker:1.7.1"));
  await settled();
});

test("a database is upgraded with a fresh backup only", async () => {
  succeeded(await platform.send("apply", database(`${DATA}/pg-main`)));
  await patchStatus("clusters.postgresql.cnpg.io", "pg-main", {
    phase: "Cluster in healthy state",
    readyInstances: 2,
    conditions: [{ type: "Ready", status: "True" }],
  });
  const upgraded = database(`${DATA}/pg-main`, { imageName: "registry.example/postgresql:16.5" });
  const upgrade = () => platform.send("apply", upgraded);
  const text = await soonRefusedBy("upgrade-fresh-backup", upgrade);
  assert.match(text, /pg-main/);
  const backup = object("postgresql.cnpg.io/v1", "Backup", `${DATA}/before`, {
    spec: { cluster: { name: "pg-main" } },
  });
  succeeded(await platform.send("apply", backup));
  assert.ok(refusedBy(await upgrade()).includes("upgrade-fresh-backup"), "a running one is none");
  const stoppedAt = new Date().toISOString();
  await patchStatus("backups.postgresql.cnpg.io", "before", { phase: "completed", stoppedAt });
  await eventually(async () => (await upgrade()).code === 0);
});

test("the guard met no fault of its own", async () => {
  await assertNoInternalError(platform.guard);
});

function refusedText(result: Parameters<typeof refusedBy>[0]): string {
  assert.ok(refusedBy(result).length > 0);
  return result.stderr;
}

async function patchStatus(kind: string, name: string, status: object): Promise<void> {
  const patch = ["--type=merge", "--subresource=status", "-p", JSON.stringify({ status })];
  succeeded(await platform.kubectl("-n", DATA, "patch", kind, name, ...patch));
}
