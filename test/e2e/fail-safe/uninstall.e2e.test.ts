import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { eventually } from "../../cluster/eventually.ts";
import { liveEntries, throughout } from "../availability/support/watching.ts";
import { OVERLAY } from "../support/installation.ts";
import { workload } from "../support/manifests.ts";
import { Platform, succeeded } from "../support/platform.ts";
import { commandsUnder } from "./support/documented.ts";
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

/** What creates are answered while something is done. */
async function during(platform: Platform, act: () => Promise<void>): Promise<readonly string[]> {
  const create = creates(platform);
  const answers: string[] = [];
  let done = false;
  const calling = (async () => {
    while (!done) {
      const { status, text } = await create();
      answers.push(`${status} ${status === 201 ? "" : text}`);
    }
  })();
  await act();
  done = true;
  await calling;
  return answers;
}

const WAYS = {
  "by the documented commands": commandsUnder("Uninstall"),
  "by kubectl delete -k alone": commandsUnder("Uninstall").slice(1),
};

for (const [way, commands] of Object.entries(WAYS)) {
  test(`what is uninstalled ${way} while guards run leaves nothing that blocks`, async (t) => {
    const platform = await start(t);
    const answers = await during(platform, async () => {
      for (const command of commands) succeeded(await platform.kubectl(...command));
    });
    assert.equal((await creates(platform)()).status, 201, "at once");
    const refused = answers.filter((answer) => !answer.startsWith("201"));
    t.diagnostic(`${answers.length} creates meanwhile, ${refused.length} refused`);
    // Alone, it deletes the Service first and the configurations last.
    if (commands.length > 1) assert.deepEqual(refused, []);
    for (const guard of platform.installation.guards) assert.ok(guard.running(), guard.log());
    await assertStaysAway(platform);
    for (const guard of platform.installation.guards) assert.equal(await guard.stop(), 0);
  });
}

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
