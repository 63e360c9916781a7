import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { eventually } from "../../cluster/eventually.ts";
import { createAuthority } from "../../cluster/pki.ts";
import { caOf } from "../availability/support/serving.ts";
import { type LiveEntry, liveEntries, seconds } from "../availability/support/watching.ts";
import { byHelm, helm } from "../chart/release.ts";
import type { GuardProcess } from "../support/guard-process.ts";
import { namespace } from "../support/manifests.ts";
import { Platform, succeeded } from "../support/platform.ts";

const KINDS = ["mutatingwebhookconfiguration", "validatingwebhookconfiguration"] as const;

let platform: Platform;
let wanted: readonly LiveEntry[];

before(async () => {
  platform = await Platform.start({ replicas: 2, controllerManager: false, source: byHelm() });
  wanted = (await liveEntries(platform.cluster)) ?? [];
  assert(wanted.length > 2);
});

after(() => platform?.stop());

/** Sets the caBundle of every entry, as an administrator can; "" blanks them. */
async function setBundles(pem: string): Promise<void> {
  const value = Buffer.from(pem).toString("base64");
  for (const kind of KINDS) {
    const count = wanted.filter(({ configuration }) => kind.startsWith(configuration)).length;
    const operations = Array.from({ length: count }, (_, index) => {
      const path = `/webhooks/${index}/clientConfig/caBundle`;
      return pem === "" ? { op: "remove", path } : { op: "replace", path, value };
    });
    const args = ["patch", kind, "keymate-guard", "--type=json", "-p", JSON.stringify(operations)];
    succeeded(await platform.kubectl(...args));
  }
}

/** Every entry is there and holds the CAs of the Secret, that of the first leaf among them. */
async function untilRestored(t: TestContext): Promise<void> {
  const since = performance.now();
  const names = (entries: readonly LiveEntry[]) => entries.map(({ name }) => name).toSorted();
  await eventually(async () => {
    const [live = [], ca] = [await liveEntries(platform.cluster), await caOf(platform.cluster)];
    return (
      JSON.stringify(names(live)) === JSON.stringify(names(wanted)) &&
      ca.endsWith(wanted[0]?.caBundle ?? "?") &&
      live.every(({ caBundle }) => caBundle === ca)
    );
  }, 5_000);
  t.diagnostic(`restored after ${seconds(since)}`);
}

/** All but one are frozen, so that nobody else can have written it. */
async function alone(guard: GuardProcess, run: () => Promise<void>): Promise<void> {
  const others = platform.installation.guards.filter((one) => one !== guard && one.running());
  for (const { pid } of others) process.kill(pid, "SIGSTOP");
  try {
    await run();
  } finally {
    for (const { pid } of others) process.kill(pid, "SIGCONT");
  }
}

test("each replica by itself restores every caBundle, blanked or of somebody else, within 5 s", async (t) => {
  const foreign = (await createAuthority("somebody else")).cert;
  for (const guard of [...platform.installation.guards]) {
    for (const pem of ["", foreign]) {
      await alone(guard, async () => {
        await setBundles(pem);
        await untilRestored(t);
      });
    }
  }
});

test("guards that all start again under Fail and a foreign caBundle get ready and restore it", async (t) => {
  const { installation } = platform;
  const old = [...installation.guards];
  await Promise.all(old.map((guard) => guard.stop("SIGKILL")));
  await setBundles((await createAuthority("somebody else")).cert);
  const shut = await platform.send("create", namespace("x", "no-layer"), "--dry-run=server");
  assert.equal(shut.code, 1, "the entries are in force, and Fail");
  assert.match(shut.stderr, /failed calling webhook/);
  const own = ["create", "configmap", "own", "-n", "keymate-guard"];
  succeeded(await platform.kubectl(...own));

  const since = performance.now();
  const started = await Promise.all([installation.startGuard(), installation.startGuard()]);
  installation.forwarder.setBackends(started.map(({ port }) => port));
  await Promise.all(started.map((guard) => guard.ready(60_000)));
  t.diagnostic(`both ready ${seconds(since)} after their start`);
  await untilRestored(t);
  await platform.untilAsked();
});

// Last, for it leads the Service away from the forwarder.
test("helm upgrade, be it by replacement, takes nothing away that is not back within 5 s", async (t) => {
  // The last one empties the Secret as well, which is how one asks for a new CA.
  for (const flags of [[], ["--force-conflicts"], ["--server-side=false", "--force-replace"]]) {
    succeeded(await helm(platform.cluster, "upgrade", {}, ...flags));
    t.diagnostic(`helm upgrade ${flags.join(" ")}`);
    await untilRestored(t);
  }
});
