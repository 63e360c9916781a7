import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { TestCluster } from "../../cluster/cluster.ts";
import { eventually } from "../../cluster/eventually.ts";
import { assertNoFaultyAnswer, assertNoInternalError } from "../support/counters.ts";
import { GUIDE, namespace, PROBES, workload } from "../support/manifests.ts";
import { Platform, refusal, succeeded, warningsOf } from "../support/platform.ts";

let platform: Platform;

const SPACE = "platform-data";

/** Sins that were there before the guard was. */
const legacy = (name: string, fields: object = {}) =>
  workload("Deployment", `${SPACE}/${name}`, {
    component: "cache",
    containers: [{ name: "redis" }],
    ...fields,
  });

async function settle(cluster: TestCluster): Promise<void> {
  const objects = [
    namespace(SPACE),
    namespace("platform-application"),
    legacy("redis"),
    legacy("valkey"),
    legacy("held", { metadata: { finalizers: ["example.com/hold"] } }),
    workload("Deployment", "platform-application/api", { component: "none" }),
  ];
  for (const object of objects) await cluster.apply(JSON.stringify(object));
}

before(async () => {
  platform = await Platform.start({ before: settle, audit: "Metadata" });
});

after(() => platform?.stop());

const on = (name: string) => [`deployment/${name}`, "-n", SPACE];

const STILL =
  "Deployment platform-data/redis still has 5 findings that were there before; this update is not refused for them";

test("a legacy object can be labelled", async () => {
  succeeded(await platform.kubectl("label", ...on("redis"), "team=storage"));
});

test("it can be scaled, by the subresource and by its own field", async () => {
  succeeded(await platform.kubectl("scale", ...on("redis"), "--replicas=3"));
  succeeded(await platform.patch("deployment", `${SPACE}/redis`, { spec: { replicas: 1 } }));
});

test("its image can be changed, with a word about the old sins", async () => {
  const image = ["set", "image", ...on("redis"), "redis=registry.example/redis:1.4.1"];
  const result = succeeded(await platform.kubectl(...image));
  assert.deepEqual(warningsOf(result), [STILL]);
  const { spec } = await platform.get("deployment", `${SPACE}/redis`);
  assert.deepEqual(spec.template.spec.containers[0].resources, {}, "nothing is filled in here");
});

test("a new sin is refused, and named alone", async () => {
  const exporter = { name: "exporter", image: "registry.example/exporter:1.4.0", ...PROBES };
  const add = { spec: { template: { spec: { containers: [exporter] } } } };
  const result = await platform.patch("deployment", `${SPACE}/redis`, add, "--type=strategic");
  const message = refusal(result);
  assert.match(message, /Deployment platform-data\/redis is refused by policy keymate: 4 findings/);
  assert.equal(message.split("container exporter has no").length, 5);
  assert(!message.includes("container redis"), message);
  assert.deepEqual(warningsOf(result), [STILL]);
});

test("a finalizer of it can be removed, before and during its deletion", async () => {
  const finalizers = (value: unknown) =>
    platform.patch("deployment", `${SPACE}/held`, { metadata: { finalizers: value } });
  succeeded(await finalizers(null));
  succeeded(await finalizers(["example.com/hold"]));
  succeeded(await platform.kubectl("delete", ...on("held"), "--wait=false"));
  const held = await platform.get("deployment", `${SPACE}/held`);
  assert(held.metadata["deletionTimestamp"], "the finalizer holds it");
  succeeded(await finalizers(null));
  await eventually(async () => (await platform.kubectl("get", ...on("held"))).code !== 0);
});

test("an update of the template fills the gaps where the layer allows it", async () => {
  const object = ["deployment/api", "-n", "platform-application"];
  succeeded(await platform.kubectl("annotate", ...object, "example.com/note=kept"));
  const untouched = await platform.get("deployment", "platform-application/api");
  assert.deepEqual(untouched.spec.template.spec.containers[0].resources, {});
  succeeded(await platform.kubectl("set", "env", ...object, "MODE=fast"));
  const { spec } = await platform.get("deployment", "platform-application/api");
  assert.deepEqual(spec.template.spec.containers[0].resources, GUIDE);
});

const podsOf = async (name: string) => {
  const pods = await platform.list("pods", SPACE, "-l", `app=${name}`);
  return pods.filter(({ metadata }) => metadata["deletionTimestamp"] === undefined);
};

test("what the ReplicaSet controller creates is recorded, never refused", async () => {
  const [first] = await eventually(async () => {
    const pods = await podsOf("valkey");
    return pods.length === 2 && pods;
  });
  const name = first?.metadata.name ?? "";
  succeeded(await platform.kubectl("delete", "pod", name, "-n", SPACE));
  const pods = await eventually(async () => {
    const now = await podsOf("valkey");
    return now.length === 2 && !now.some(({ metadata }) => metadata.name === name) && now;
  });
  for (const { metadata, spec } of pods) {
    assert.deepEqual(spec.containers[0].resources, {}, "not patched either");
    assert.equal(metadata.labels?.["policy.keymate.io/layer"], undefined);
  }
  const events = platform.cluster
    .auditEvents()
    .filter(
      ({ verb, requestURI, annotations }) =>
        verb === "create" &&
        requestURI.startsWith(`/api/v1/namespaces/${SPACE}/pods`) &&
        annotations?.["observe-controllers.guard.keymate.io/findings"] !== undefined,
    );
  assert(events.length >= 1);
  for (const { annotations, user } of events) {
    const { username } = user as { username: string };
    assert.equal(username, "system:serviceaccount:kube-system:replicaset-controller");
    assert.equal(
      annotations?.["observe-controllers.guard.keymate.io/findings"],
      ["limits", "requests"]
        .flatMap((list) => ["cpu", "memory"].map((resource) => [list, resource] as const))
        .map(([list, resource]) => {
          const path = `spec.containers[name=redis].resources.${list}.${resource}`;
          return `res-${list}-required ${path}: container redis has no ${resource} ${list.slice(0, -1)}`;
        })
        .join("; "),
    );
  }
});

test("a legacy object can be deleted", async () => {
  succeeded(await platform.kubectl("delete", ...on("redis")));
});

test("the API server met no faulty answer, the guard no fault of its own", async () => {
  assertNoFaultyAnswer(await platform.cluster.metrics());
  await assertNoInternalError(platform.guard);
});
