import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually } from "../../cluster/eventually.ts";
import { OVERLAY } from "../support/installation.ts";
import { workload } from "../support/manifests.ts";
import { Platform, succeeded } from "../support/platform.ts";
import { caOf } from "./support/serving.ts";
import { type LiveEntry, liveEntries, seconds, throughout } from "./support/watching.ts";

const SHIPPED = fileURLToPath(
  new URL("../../../manifests/base/60-webhook-configurations.yaml", import.meta.url),
);

let platform: Platform;
let asShipped: readonly LiveEntry[];

before(async () => {
  platform = await Platform.start({ replicas: 2, controllerManager: false });
  asShipped = (await liveEntries(platform.cluster)) ?? [];
});

after(() => platform?.stop());

/** Measures until both configurations are as the guards first wrote them. */
async function untilRepaired(t: TestContext, timeoutMs = 5_000): Promise<void> {
  const since = performance.now();
  await eventually(async () => {
    const now = await liveEntries(platform.cluster);
    return JSON.stringify(sorted(now)) === JSON.stringify(sorted(asShipped));
  }, timeoutMs);
  t.diagnostic(`repaired after ${seconds(since)}`);
}

function sorted(entries: readonly LiveEntry[] | undefined): readonly LiveEntry[] {
  return (entries ?? []).toSorted((a, b) => a.name.localeCompare(b.name));
}

async function patch(kind: string, ...operations: readonly object[]): Promise<void> {
  const args = ["patch", kind, "keymate-guard", "--type=json", "-p", JSON.stringify(operations)];
  succeeded(await platform.kubectl(...args));
}

async function assertHealthy(): Promise<void> {
  for (const guard of platform.installation.guards) {
    const state = await guard.ops("/healthz?verbose");
    assert.equal(state.status, 200, state.text);
  }
}

test("both guards wrote the entries, with the CA of the Secret in each", async () => {
  assert(asShipped.length > 2);
  const ca = await caOf(platform.cluster);
  for (const { name, caBundle } of asShipped) assert.equal(caBundle, ca, name);
});

test("a caBundle that somebody blanks is back within 5 s", async (t) => {
  await patch("mutatingwebhookconfiguration", {
    op: "remove",
    path: "/webhooks/0/clientConfig/caBundle",
  });
  await untilRepaired(t);
});

test("an entry that somebody deletes is back within 5 s", async (t) => {
  await patch("validatingwebhookconfiguration", { op: "remove", path: "/webhooks/0" });
  await untilRepaired(t);
});

test("entries that kubectl replace takes away are back within 5 s", async (t) => {
  succeeded(await platform.kubectl("replace", "-f", SHIPPED));
  await untilRepaired(t);
});

test("kubectl apply of the manifests, client-side and server-side, takes nothing away", async () => {
  const before = await versions();
  succeeded(await platform.kubectl("apply", "-f", SHIPPED));
  succeeded(await platform.kubectl("apply", "--server-side", "--force-conflicts", "-f", SHIPPED));
  assert.deepEqual(sorted(await liveEntries(platform.cluster)), sorted(asShipped));
  assert.deepEqual(await versions(), before, "no new generation of either");
});

test("a deleted configuration stays deleted, the guards stay healthy, and it works again when applied", async (t) => {
  const deny = () => platform.send("create", unsized(), "--dry-run=server");
  assert.equal((await deny()).code, 1, "refused before");
  for (const kind of ["validatingwebhookconfiguration", "mutatingwebhookconfiguration"]) {
    succeeded(await platform.kubectl("delete", kind, "keymate-guard"));
  }
  await eventually(async () => (await deny()).code === 0);
  await throughout(3_000, "the configurations came back", async () => {
    return (await liveEntries(platform.cluster)) === undefined;
  });
  await assertHealthy();
  const pids = platform.installation.guards.map(({ pid }) => pid);
  succeeded(await platform.kubectl("apply", "-k", OVERLAY));
  await untilRepaired(t, 20_000);
  await eventually(async () => (await deny()).code === 1);
  const running = platform.installation.guards.filter((guard) => guard.running());
  assert.deepEqual(
    running.map(({ pid }) => pid),
    pids,
  );
  await assertHealthy();
});

function unsized(): object {
  return workload("StatefulSet", "platform-data/db", { component: "relational-database" });
}

async function versions(): Promise<string> {
  const kinds = "mutatingwebhookconfiguration,validatingwebhookconfiguration";
  const format = "jsonpath={.items[*].metadata.generation}";
  return succeeded(await platform.kubectl("get", kinds, "-o", format)).stdout;
}
