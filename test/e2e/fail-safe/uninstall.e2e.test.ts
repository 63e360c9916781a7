import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { eventually } from "../../cluster/eventually.ts";
import { liveEntries, throughout } from "../availability/support/watching.ts";
import { OVERLAY } from "../support/installation.ts";
import { workload } from "../support/manifests.ts";
import { Platform, succeeded } from "../support/platform.ts";
import { failing } from "./support/stage.ts";

const CONFIGURATIONS = "validatingwebhookconfiguration,mutatingwebhookconfiguration";

async function start(t: TestContext): Promise<Platform> {
  const platform = await Platform.start({ replicas: 2 });
  t.after(() => platform.stop());
  assert.equal((await failing(platform.cluster))?.length, 3);
  return platform;
}

function creates(platform: Platform) {
  // Refused unless it is filled in, so that each moment of the deletion counts.
  const path = "/apis/apps/v1/namespaces/platform-application/deployments?dryRun=All";
  const body = workload("Deployment", "platform-application/x", { component: "none" });
  return () => platform.cluster.request("POST", path, body);
}

/** A guard that outlives its place must not bring anything back. */
async function assertStaysAway(platform: Platform): Promise<void> {
  await throughout(5_000, "the configurations came back", async () => {
    return (await liveEntries(platform.cluster)) === undefined;
  });
  const kinds = "clusterroles,clusterrolebindings,namespaces";
  const left = succeeded(await platform.kubectl("get", kinds, "-o", "name")).stdout;
  assert.doesNotMatch(left, /keymate-guard/);
}

test("kubectl delete -k takes everything away while guards run, and refuses nobody meanwhile", async (t) => {
  const platform = await start(t);
  const create = creates(platform);
  const failures: string[] = [];
  let calls = 0;
  let deleted = false;
  const calling = (async () => {
    while (!deleted) {
      const { status, text } = await create();
      calls += 1;
      if (status !== 201) failures.push(text);
    }
  })();
  const gone = await platform.kubectl("delete", "-k", OVERLAY, "--ignore-not-found");
  deleted = true;
  await calling;
  assert.equal(gone.code, 0, gone.stderr);
  assert.ok(calls > 10);
  assert.equal(failures.length, 0, failures[0] ?? "");
  t.diagnostic(`${calls} creates while it was deleted`);
  for (const guard of platform.installation.guards) assert.ok(guard.running(), guard.log());
  await assertStaysAway(platform);
  for (const guard of platform.installation.guards) assert.equal(await guard.stop(), 0);
  assert.equal((await create()).status, 201);
});

test("what is deleted in the worst order, guards first, is free once the configurations go", async (t) => {
  const platform = await start(t);
  const create = creates(platform);
  succeeded(await platform.kubectl("delete", "namespace", "keymate-guard", "--timeout=60s"));
  for (const guard of platform.installation.guards) assert.equal(await guard.stop(), 0);
  assert.equal((await failing(platform.cluster))?.length, 3, "SIGTERM takes no entry away");
  assert.equal((await create()).status, 500);
  succeeded(await platform.kubectl("delete", CONFIGURATIONS, "keymate-guard"));
  await eventually(async () => (await create()).status === 201, 5_000);
  succeeded(await platform.kubectl("delete", "-k", OVERLAY, "--ignore-not-found"));
  await assertStaysAway(platform);
});
