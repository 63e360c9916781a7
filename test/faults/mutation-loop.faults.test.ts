import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { eventually } from "../cluster/eventually.ts";
import { type Authority, createAuthority } from "../cluster/pki.ts";
import { type Answer, type Hook, startHook } from "../e2e/facts/hook.ts";
import { assertNoFaultyAnswer, guardTotal } from "../e2e/support/counters.ts";
import { GUIDE, PROBES, workload } from "../e2e/support/manifests.ts";
import { Platform, type Stored } from "../e2e/support/platform.ts";
import { DEPLOYMENTS, isMutated, SPACE } from "./support/creates.ts";

const GROUP = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
const SPEC = "/spec/template/spec/containers";

let platform: Platform;
let ca: Authority;
let hook: Hook;
let objects = 0;

before(async () => {
  platform = await Platform.start({ controllerManager: false });
  ca = await createAuthority("another");
  hook = await startHook(await ca.issue({ commonName: "another", hosts: ["another.another.svc"] }));
  await platform.applied([
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "another" } },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "another", namespace: "another" },
      spec: { type: "ExternalName", externalName: "localhost" },
    },
  ]);
});

after(async () => {
  await hook?.stop();
  await platform?.stop();
});

beforeEach(() => {
  hook.answer = () => ({});
});

type Place = "before" | "after";

/** Another webhook for Deployments; those whose name comes first are called first. */
async function register(place: Place, reinvocationPolicy: "Never" | "IfNeeded"): Promise<string> {
  const name = place === "before" ? "aaa-another" : "zzz-another";
  await platform.cluster.request("DELETE", `${GROUP}/${name}`);
  const made = await platform.cluster.request("POST", GROUP, {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name },
    webhooks: [
      {
        name: "mutate.another.test",
        clientConfig: {
          caBundle: Buffer.from(ca.cert).toString("base64"),
          service: { name: "another", namespace: "another", port: hook.port, path: "/" },
        },
        rules: [
          {
            ...{ apiGroups: ["apps"], apiVersions: ["v1"] },
            ...{ resources: ["deployments"], operations: ["CREATE", "UPDATE"] },
          },
        ],
        failurePolicy: "Fail",
        reinvocationPolicy,
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
      },
    ],
  });
  assert.equal(made.status, 201, made.text);
  await eventually(async () => {
    hook.reset();
    await platform.cluster.request("POST", `${DEPLOYMENTS}?dryRun=All`, bare("asked"));
    return hook.calls.length > 0;
  });
  hook.reset();
  return name;
}

async function unregister(name: string): Promise<void> {
  await platform.cluster.request("DELETE", `${GROUP}/${name}`);
  await eventually(async () => {
    hook.reset();
    await platform.cluster.request("POST", `${DEPLOYMENTS}?dryRun=All`, bare("asked"));
    return hook.calls.length === 0;
  });
}

function bare(name: string): object {
  return workload("Deployment", `${SPACE}/${name}`, { component: "api-gateway" });
}

interface Outcome {
  readonly status: number;
  readonly text: string;
  readonly additions: number;
  readonly others: number;
}

/** A create, and how often the guard and the other one were asked for additions by it. */
async function create(): Promise<Outcome & { readonly name: string }> {
  objects += 1;
  const name = `object-${objects}`;
  return { name, ...(await counted("POST", DEPLOYMENTS, bare(name))) };
}

async function counted(method: string, path: string, body: unknown): Promise<Outcome> {
  const requests = "keymate_guard_admission_requests_total";
  const asked = () => guardTotal(platform.guard, requests, { path: "/mutate" });
  hook.reset();
  const before = await asked();
  const { status, text } = await platform.cluster.request(method, path, body);
  return { status, text, additions: (await asked()) - before, others: hook.calls.length };
}

/** Takes away from each container what anybody has filled in. */
const revert = (object: Stored): Answer => {
  const containers: readonly { readonly resources?: object }[] =
    object.spec.template.spec.containers;
  const patch = containers.flatMap(({ resources }, index) =>
    Object.keys(resources ?? {}).length > 0
      ? [{ op: "replace", path: `${SPEC}/${index}/resources`, value: {} }]
      : [],
  );
  return patch.length > 0 ? { patch } : {};
};

const objectOf = (call: Hook["calls"][number]) => call.request.object as unknown as Stored;

test("row 21: a webhook that reverts the additions once is answered by the same additions, and it ends", async (t) => {
  const name = await register("after", "Never");
  hook.answer = (call) => revert(objectOf(call));
  const outcome = await create();
  await unregister(name);
  assert.equal(outcome.status, 201, outcome.text);
  assert(isMutated(JSON.parse(outcome.text)), outcome.text);
  t.diagnostic(`the guard was asked ${outcome.additions} times, the other ${outcome.others}`);
  assert.equal(outcome.additions, 2);
  assert.equal(outcome.others, 1);
});

test("row 21: a webhook that reverts the additions each time ends in a refusal, never in an object without them", async (t) => {
  for (const place of ["before", "after"] as const) {
    const name = await register(place, "IfNeeded");
    hook.answer = (call) => revert(objectOf(call));
    const outcome = await create();
    await unregister(name);
    const { additions, others, status } = outcome;
    t.diagnostic(
      `${place} the guard: ${status}, the guard asked ${additions}, the other ${others}`,
    );
    assert(additions <= 2 && others <= 2, "the API server calls each again once at most");
    if (status === 201) assert(isMutated(JSON.parse(outcome.text)), outcome.text);
    else assert.match(outcome.text, /denied the request.*res-/s);
    const stored = await platform.cluster.request("GET", `${DEPLOYMENTS}/${outcome.name}`);
    assert.equal(stored.status, status === 201 ? 200 : 404);
    if (stored.status === 200) assert(isMutated(stored.json()), stored.text);
  }
});

test("row 21: a container that another webhook adds after the guard gets its additions too", async () => {
  const name = await register("after", "Never");
  hook.answer = (call) => {
    const { containers } = objectOf(call).spec.template.spec;
    if (containers.length > 1) return {};
    const value = { name: "injected", image: "registry.example/injected:1.0.0", ...PROBES };
    return { patch: [{ op: "add", path: `${SPEC}/-`, value }] };
  };
  const outcome = await create();
  await unregister(name);
  assert.equal(outcome.status, 201, outcome.text);
  const { spec } = JSON.parse(outcome.text) as Stored;
  assert.equal(spec.template.spec.containers.length, 2);
  for (const { resources } of spec.template.spec.containers) assert.deepEqual(resources, GUIDE);
});

test("row 21: what was stored once is stored unchanged the second time", async () => {
  const { name, text } = await create();
  const { metadata, spec } = JSON.parse(text) as Stored;
  const body = { apiVersion: "apps/v1", kind: "Deployment", metadata, spec };
  const again = await counted("PUT", `${DEPLOYMENTS}/${name}`, body);
  assert.equal(again.status, 200, again.text);
  const stored = JSON.parse(again.text) as Stored;
  assert.deepEqual(stored.spec, spec);
  assert.equal(stored.metadata.resourceVersion, metadata.resourceVersion, "nothing was written");
  const patched = { path: "/mutate", operation: "UPDATE", outcome: "patched" };
  const requests = "keymate_guard_admission_requests_total";
  assert.equal(await guardTotal(platform.guard, requests, patched), 0);
});

test("row 21: in all of it no answer of the guard was faulty, as both sides count", async () => {
  assertNoFaultyAnswer(await platform.cluster.metrics());
  assert.equal(await guardTotal(platform.guard, "keymate_guard_internal_errors_total"), 0);
});
