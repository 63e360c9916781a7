import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertNoFaultyAnswer, assertNoInternalError, guardTotal } from "../support/counters.ts";
import { LAYER, namespace, SIZED, workload } from "../support/manifests.ts";
import { Platform, refusal, succeeded } from "../support/platform.ts";

let platform: Platform;

before(async () => {
  platform = await Platform.start({ args: ["--log-level", "debug"] });
});

after(() => platform?.stop());

const sized = (place: string, component: string) =>
  workload("Deployment", place, {
    component,
    containers: [{ name: "main", resources: SIZED }],
  });

const label = (name: string, value: string) =>
  platform.kubectl("label", "namespace", name, "--overwrite", value);

const DENIED =
  'admission webhook "layer-namespaces.guard.keymate.io" denied the request: Namespace ';

test("a namespace with workloads keeps its layer", async () => {
  await platform.applied([namespace("caches", "data"), sized("caches/redis", "cache")]);
  await platform.untilCached("Deployment.apps");
  const message = refusal(await label("caches", `${LAYER}=application`));
  assert(message.startsWith(`${DENIED}caches is refused by policy keymate: 1 finding\n`), message);
  assert.match(
    message,
    /\n\[ns-layer-move\] namespace caches holds 1 data workload — fix: move them first, or let it pass by an override of the policy: \{rules: \[ns-layer-move\], objects: \[Namespace\/caches\], mode: warn, until: [\d-]{10}\} \(metadata\.labels\[policy\.keymate\.io\/layer\]\)$/,
  );
});

test("nor may its layer be taken off, which would hide it from the selector", async () => {
  const message = refusal(await label("caches", `${LAYER}-`));
  assert(message.startsWith(`${DENIED}caches is refused by policy keymate: 1 finding\n`), message);
  assert.match(message, /holds 1 data workload/);
});

test("other labels of it may change, and an empty namespace may move", async () => {
  succeeded(await label("caches", "team=storage"));
  await platform.applied(namespace("empty", "data"));
  succeeded(await label("empty", `${LAYER}=application`));
  succeeded(await label("empty", `${LAYER}-`));
});

test("a layer that the policy does not know is refused", async () => {
  assert.equal(
    await platform.refused(namespace("odd", "aplication")),
    `${DENIED}odd is refused by policy keymate: 1 finding\n` +
      "[ns-layer-label] label policy.keymate.io/layer names no layer of the policy: aplication — fix: set it to one of infrastructure, data, application, observability (metadata.labels[policy.keymate.io/layer])",
  );
});

test("a component in namespace default is refused, anything else is not", async () => {
  const message = await platform.refused(sized("default/api", "api-gateway"));
  assert.equal(
    message,
    'admission webhook "observe-others.guard.keymate.io" denied the request: ' +
      "Deployment default/api is refused by policy keymate: 1 finding\n" +
      "[ns-default] api-gateway is in namespace default — fix: set metadata.namespace to a namespace of layer application (metadata.labels[policy.keymate.io/component])",
  );
  const anything = await platform.applied(workload("Deployment", "default/anything"));
  assert.equal(anything.stderr, "");
});

test("a namespace and its workload in one apply are judged by the new label", async () => {
  const result = await platform.send("apply", [
    namespace("fresh-data", "data"),
    workload("Deployment", "fresh-data/unsized", { component: "none" }),
    namespace("fresh-application", "application"),
    workload("Deployment", "fresh-application/unsized", { component: "none" }),
  ]);
  assert.match(refusal(result), /Deployment fresh-data\/unsized is refused .*: 4 findings/);
  const { spec } = await platform.get("deployment", "fresh-application/unsized");
  assert.equal(spec.template.spec.containers[0].resources.limits.memory, "2Gi");
});

test("nothing in kube-system reaches the guard", async () => {
  const asked = () =>
    guardTotal(platform.guard, "keymate_guard_admission_requests_total", { kind: "CronJob" });
  const cronJob = (place: string) => workload("CronJob", place, { component: "none" });
  await platform.applied(cronJob("platform-application/nightly"));
  const before = await asked();
  assert.equal(before, 2);
  const place = "kube-system/nightly";
  await platform.applied(workload("CronJob", place, { component: "relational-database" }));
  succeeded(await platform.kubectl("delete", "cronjob", "nightly", "-n", "kube-system"));
  succeeded(await label("kube-system", `${LAYER}=data`));
  await platform.applied(cronJob(place));
  assert.equal(await asked(), before);
  assert(platform.guard.log().includes('"namespace":"platform-application"'));
  assert(!platform.guard.log().includes('"namespace":"kube-system"'));
});

test("the API server met no faulty answer, the guard no fault of its own", async () => {
  assertNoFaultyAnswer(await platform.cluster.metrics());
  await assertNoInternalError(platform.guard);
});
