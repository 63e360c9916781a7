import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "../../cluster/eventually.ts";
import { assertNoFaultyAnswer, assertNoInternalError } from "../support/counters.ts";
import { GUIDE, limitRange, namespace, SIZED, workload } from "../support/manifests.ts";
import { Platform, succeeded, warningsOf } from "../support/platform.ts";
import { replayRecorded } from "../support/replay.ts";

let platform: Platform;

before(async () => {
  platform = await Platform.start({ audit: "RequestResponse" });
});

after(() => platform?.stop());

const bare = (name: string, fields: object = {}) =>
  workload("Deployment", `platform-application/${name}`, { component: "none", ...fields });

const hashes = async (name: string) => {
  const sets = await platform.list("replicasets", "platform-application", "-l", `app=${name}`);
  return sets.map(({ metadata }) => metadata.name);
};

const rolledOut = (name: string) =>
  eventually(async () => {
    const { metadata, status } = await platform.get("deployment", `platform-application/${name}`);
    const { observedGeneration } = status as { observedGeneration?: number };
    return observedGeneration === metadata.generation && (await hashes(name)).length > 0;
  });

test("a bare manifest applied twice is unchanged the second time", async () => {
  await platform.applied(bare("twice"));
  await rolledOut("twice");
  const before = await platform.get("deployment", "platform-application/twice");
  const again = await platform.applied(bare("twice"));
  assert.equal(again.stdout, "deployment.apps/twice unchanged\n");
  assert.equal(again.stderr, "");
  const after = await platform.get("deployment", "platform-application/twice");
  assert.equal(after.metadata.generation, before.metadata.generation);
});

test("so it is by server-side apply, down to the resourceVersion", async () => {
  // A DaemonSet without nodes: no controller writes its status meanwhile.
  const object = workload("DaemonSet", "platform-application/agent", { component: "none" });
  await platform.applied(object, "--server-side");
  const settled = await eventually(async () => {
    const found = await platform.get("daemonset", "platform-application/agent");
    const { observedGeneration } = found["status"] as { observedGeneration?: number };
    return observedGeneration === 1 && found;
  });
  assert.deepEqual(settled.spec.template.spec.containers[0].resources, GUIDE);
  const again = await platform.applied(object, "--server-side");
  assert.equal(again.stderr, "");
  const after = await platform.get("daemonset", "platform-application/agent");
  assert.equal(after.metadata.resourceVersion, settled.metadata.resourceVersion);
  assert.equal(after.metadata.generation, settled.metadata.generation);
});

test("kubectl replace with the bare manifest does not roll the pods", async () => {
  await platform.applied(bare("replaced"));
  await rolledOut("replaced");
  const before = await platform.get("deployment", "platform-application/replaced");
  const sets = await hashes("replaced");
  const result = succeeded(await platform.send("replace", bare("replaced")));
  assert.deepEqual(warningsOf(result), [], "what is kept is not announced as new");
  await rolledOut("replaced");
  const after = await platform.get("deployment", "platform-application/replaced");
  assert.deepEqual(after.spec, before.spec);
  assert.deepEqual(await hashes("replaced"), sets);
});

test("kubectl replace keeps values that were set since, not the defaults", async () => {
  await platform.applied(bare("tuned"));
  const set = ["set", "resources", "deployment/tuned", "-n", "platform-application"];
  succeeded(await platform.kubectl(...set, "--limits=memory=3Gi"));
  succeeded(await platform.send("replace", bare("tuned")));
  const { spec } = await platform.get("deployment", "platform-application/tuned");
  assert.deepEqual(spec.template.spec.containers[0].resources, {
    ...GUIDE,
    limits: { ...GUIDE.limits, memory: "3Gi" },
  });
});

test("a LimitRange that would refuse the pods is named at apply time", async () => {
  const space = "limited";
  await platform.applied([
    namespace(space, "application"),
    limitRange(space, { max: { memory: "1Gi" }, min: { memory: "16Mi" } }),
  ]);
  await platform.untilCached("LimitRange");
  const limits = { cpu: "1", memory: "2Gi" };
  const large = workload("Deployment", `${space}/large`, {
    component: "none",
    containers: [{ name: "main", resources: { ...SIZED, limits } }],
  });
  assert.equal(
    await platform.refused(large),
    'admission webhook "enforce-labelled.guard.keymate.io" denied the request: ' +
      "Deployment limited/large is refused by policy keymate: 1 finding\n" +
      "[res-limitrange-conflict] container main memory limit 2Gi is above max 1Gi of LimitRange limits — fix: lower resources.limits.memory to at most 1Gi (spec.template.spec.containers[name=main].resources.limits.memory)",
  );
});

test("defaults keep to the LimitRange, and its pods are made", async () => {
  await platform.applied(workload("Deployment", "limited/small", { component: "none" }));
  const { spec } = await platform.get("deployment", "limited/small");
  assert.deepEqual(spec.template.spec.containers[0].resources, {
    requests: { cpu: "500m", memory: "1Gi" },
    limits: { cpu: "2", memory: "1Gi" },
  });
  await eventually(async () => (await platform.list("pods", "limited")).length === 2);
});

const sizedPod = (name: string) =>
  workload("Pod", `platform-application/${name}`, {
    component: "none",
    containers: [{ name: "main", resources: SIZED }],
  });

test("ephemeral containers are none of the guard's business", async () => {
  await platform.applied(sizedPod("debugged"));
  const shell = { name: "shell", image: "registry.example/shell:1.4.0" };
  const path = "/api/v1/namespaces/platform-application/pods/debugged/ephemeralcontainers";
  const answer = await platform.cluster.request(
    "PATCH",
    path,
    { spec: { ephemeralContainers: [shell] } },
    "application/strategic-merge-patch+json",
  );
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.headers["warning"], undefined);
  const { spec } = await platform.get("pod", "platform-application/debugged");
  assert.equal(spec.ephemeralContainers[0].resources?.limits, undefined);
});

test("a resize in place is judged by its new values", async () => {
  await platform.applied(sizedPod("resized"));
  const resize = (resources: object) =>
    platform.patch(
      "pod",
      "platform-application/resized",
      { spec: { containers: [{ name: "main", resources }] } },
      "--type=strategic",
      "--subresource=resize",
    );
  succeeded(await resize({ limits: { cpu: "300m" } }));
  const refused = await resize({ requests: { cpu: "0" } });
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /Pod\/resize platform-application\/resized is refused by policy keymate: 1 finding\n\[res-resize\] container main requests\.cpu is 0 = nothing reserved — fix: set resources\.requests\.cpu to steady-state use \(spec\.containers\[name=main\]\.resources\.requests\.cpu\)/,
  );
  const { spec } = await platform.get("pod", "platform-application/resized");
  assert.equal(spec.containers[0].resources.limits.cpu, "300m");
  assert.equal(spec.containers[0].resources.requests.cpu, "100m");
});

test("every answer to what was sent here is one that the API server takes", async () => {
  assert((await replayRecorded(platform)) > 50);
});

test("the API server met no faulty answer, the guard no fault of its own", async () => {
  assertNoFaultyAnswer(await platform.cluster.metrics());
  await assertNoInternalError(platform.guard);
});
