import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "../../cluster/eventually.ts";
import { throughout } from "../availability/support/watching.ts";
import { guardTotal } from "../support/counters.ts";
import { OVERLAY } from "../support/installation.ts";
import { workload } from "../support/manifests.ts";
import { Platform, succeeded } from "../support/platform.ts";
import { detailOf, failing, stageOf } from "./support/stage.ts";

const STRICT = ["enforce-labelled", "enforce-named", "layer-namespaces"];

let platform: Platform;

before(async () => {
  platform = await Platform.start({
    controllerManager: false,
    failPolicy: ["--fail-after=3s"],
  });
});

after(() => platform?.stop());

const create = (name: string) =>
  platform.send(
    "create",
    workload("Deployment", `platform-application/${name}`, { component: "none" }),
  );

function stageLines(log: string): readonly string[] {
  return [...log.matchAll(/"stage":"(\w+)".*"msg":"failure policy"/g)].map(
    ([, stage = ""]) => stage,
  );
}

test("one replica alone stays at Ignore, and says why", async () => {
  const { guard } = platform;
  await eventually(async () => (await guardTotal(guard, "keymate_guard_replicas_answering")) === 1);
  await throughout(6_000, "raised by one replica", async () => {
    return (await failing(platform.cluster))?.length === 0;
  });
  assert.equal(await stageOf(guard), "proving");
  assert.equal(
    await detailOf(guard),
    "Ignore until proved: 1 of 2 replicas answered the API server",
  );
});

test("while it is not proved, a guard that is away stops nobody", async () => {
  await platform.guard.stop("SIGKILL");
  succeeded(await create("while-away"));
});

test("two replicas that answer the API server side by side raise Fail", async (t) => {
  const { installation, cluster } = platform;
  const since = performance.now();
  const guards = await Promise.all([installation.startGuard(), installation.startGuard()]);
  installation.forwarder.setBackends(guards.map(({ port }) => port));
  await Promise.all(guards.map((guard) => guard.ready(60_000)));
  await eventually(async () => (await failing(cluster))?.length !== 0, 60_000);
  t.diagnostic(`raised ${Math.round(performance.now() - since)} ms after the start`);
  assert.deepEqual(await failing(cluster), STRICT);
  for (const guard of guards) {
    await eventually(async () => (await stageOf(guard)) === "fail");
    assert.match(await detailOf(guard), /^Fail: 2 of 2 replicas answered the API server$/);
    assert.deepEqual(stageLines(guard.log()), ["proving", "fail"], guard.log());
  }
});

test("nothing that is probed is ever stored", async () => {
  const list = await platform.kubectl("get", "configmaps", "-n", "keymate-guard", "-o", "name");
  assert.doesNotMatch(succeeded(list).stdout, /probe/);
});

test("Fail that somebody lowers is raised again", async () => {
  succeeded(
    await platform.kubectl(
      ...["patch", "validatingwebhookconfiguration", "keymate-guard", "--type=json", "-p"],
      JSON.stringify([{ op: "replace", path: "/webhooks/0/failurePolicy", value: "Ignore" }]),
    ),
  );
  await eventually(async () => (await failing(platform.cluster))?.length === STRICT.length, 30_000);
});

test("Fail stays when replicas go and when all are away", async () => {
  const { guards, forwarder } = platform.installation;
  const [first, second] = guards.filter((guard) => guard.running());
  assert(first && second);
  await first.stop();
  forwarder.setBackends([second.port]);
  await throughout(5_000, "lowered", async () => {
    return (await failing(platform.cluster))?.length === STRICT.length;
  });
  await second.stop("SIGKILL");
  const refused = await create("refused");
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /failed calling webhook "enforce-named\.guard\.keymate\.io"/);
});

test("a guard that comes back to Fail keeps it without a new proof", async () => {
  const { installation, cluster } = platform;
  const guard = await installation.startGuard();
  installation.forwarder.setBackends([guard.port]);
  await guard.ready(60_000);
  assert.deepEqual(await failing(cluster), STRICT);
  assert.deepEqual(stageLines(guard.log()), ["fail"]);
  let said = "";
  await eventually(async () => {
    const { code, stderr } = await create("back");
    said = stderr;
    return code === 0;
  }).catch(() => assert.fail(said));
});

test("after the emergency exit Fail comes back by a new proof only", async () => {
  const { installation, cluster } = platform;
  const [guard] = installation.guards.filter((one) => one.running());
  assert(guard);
  for (const kind of ["validatingwebhookconfiguration", "mutatingwebhookconfiguration"]) {
    succeeded(await platform.kubectl("delete", kind, "keymate-guard"));
  }
  await eventually(async () => /leaving it alone/.test(guard.log()));
  succeeded(await platform.kubectl("apply", "-k", OVERLAY));
  await eventually(async () => (await failing(cluster)) !== undefined);
  await guard.ready();
  await eventually(async () => (await stageOf(guard)) === "proving");
  const second = await installation.startGuard();
  installation.forwarder.setBackends([guard.port, second.port]);
  await eventually(async () => (await failing(cluster))?.length === STRICT.length, 60_000);
});

test("--fail-policy ignore lowers Fail, at once and for good", async () => {
  const { installation, cluster } = platform;
  for (const guard of installation.guards.filter((one) => one.running())) await guard.stop();
  const guard = await installation.startGuard(["--fail-policy=ignore"]);
  await guard.ready();
  assert.deepEqual(await failing(cluster), []);
  assert.equal(await detailOf(guard), "Ignore, as --fail-policy says");
});
