import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import type { TestCluster } from "../../cluster/cluster.ts";
import { eventually } from "../../cluster/eventually.ts";
import { assertNoFaultyAnswer } from "../support/counters.ts";
import { OVERLAY } from "../support/installation.ts";
import { namespace, SIZED, workload } from "../support/manifests.ts";
import { Platform, succeeded } from "../support/platform.ts";

const MANIFESTS = fileURLToPath(new URL("../../../manifests", import.meta.url));
const CONFIGURATIONS = ["mutating", "validating"].map((what) => `${what}webhookconfigurations`);
const GROUP = "/apis/admissionregistration.k8s.io/v1";

let platform: Platform;
const warned: string[] = [];

async function applyAsShipped(cluster: TestCluster): Promise<void> {
  for (const args of [[], ["--server-side"]]) {
    const result = await cluster.kubectl(["apply", "-k", MANIFESTS, ...args]);
    if (result.code !== 0 || result.stderr !== "") warned.push(result.stderr);
  }
}

before(async () => {
  platform = await Platform.start({ before: applyAsShipped });
});

after(() => platform?.stop());

const configuration = (plural: string) =>
  platform.cluster.request("GET", `${GROUP}/${plural}/keymate-guard`);

const entries = () =>
  Promise.all(
    CONFIGURATIONS.map(
      async (plural) => (await configuration(plural)).json<{ webhooks?: object[] }>().webhooks,
    ),
  );

const unsized = (place: string) => workload("Deployment", place, { component: "none" });

test("the shipped manifests apply without a warning, by either kind of apply", () => {
  assert.deepEqual(warned, []);
});

for (const args of [[], ["--server-side"]]) {
  const how = args.length === 0 ? "client" : "server";
  test(`applied again ${how}-side they say nothing and leave the guard's entries alone`, async () => {
    const before = await entries();
    assert(before.every((list) => (list?.length ?? 0) > 0));
    const result = await platform.kubectl("apply", "-k", OVERLAY, ...args);
    assert.equal(succeeded(result).stderr, "");
    assert.deepEqual(await entries(), before);
  });
}

for (const overlay of ["warn-only", "cert-manager"]) {
  test(`the overlay ${overlay} renders, with one Deployment and empty configurations`, async () => {
    const result = await platform.kubectl("kustomize", `${MANIFESTS}/overlays/${overlay}`);
    assert.equal(succeeded(result).stderr, "");
    const objects = parseAllDocuments(result.stdout).map((document) => document.toJS());
    const kinds = objects.map(({ kind }) => kind);
    assert.equal(kinds.filter((kind) => kind === "Deployment").length, 1);
    for (const { kind, webhooks } of objects) {
      if (/WebhookConfiguration$/.test(kind)) assert.equal(webhooks, undefined);
    }
    assert.equal(kinds.includes("Certificate"), overlay === "cert-manager");
    assert.equal(kinds.includes("Secret"), overlay === "warn-only");
    const [container] = objects.find(({ kind }) => kind === "Deployment").spec.template.spec
      .containers;
    const flag = overlay === "warn-only" ? "--mode=warn" : "--cert-source=files";
    assert(container.args.includes(flag), container.args.join(" "));
  });
}

test("until here the API server met no faulty answer", async () => {
  await platform.applied([
    namespace("labelled", "data"),
    namespace("doomed", "application"),
    workload("StatefulSet", "doomed/db", {
      component: "none",
      metadata: { finalizers: ["example.com/hold"] },
      containers: [{ name: "main", resources: SIZED }],
    }),
    unsized("platform-application/there"),
    workload("Job", "platform-application/batch", { component: "none" }),
  ]);
  assertNoFaultyAnswer(await platform.cluster.metrics());
});

test("without a guard a create in a layer namespace is refused by the API server", async () => {
  // Whoever deletes a layer is asked; what the namespace controller then cleans up is not.
  succeeded(await platform.kubectl("delete", "namespace", "doomed", "--wait=false"));
  await platform.guard.stop("SIGKILL");
  for (const [space, entry] of [
    ["platform-application", "enforce-named"],
    ["labelled", "enforce-labelled"],
  ]) {
    const result = await platform.send("apply", unsized(`${space}/x`));
    assert.equal(result.code, 1);
    assert.match(
      result.stderr,
      new RegExp(`InternalError.*failed calling webhook "${entry}\\.guard\\.keymate\\.io"`),
    );
  }
});

test("without a guard everything elsewhere goes on, kube-system too", async () => {
  await platform.applied([
    unsized("default/x"),
    unsized("kube-system/x"),
    namespace("elsewhere"),
    unsized("elsewhere/x"),
  ]);
});

test("without a guard workloads of a layer heal and go away", async () => {
  const pods = () => platform.list("pods", "platform-application", "-l", "app=there");
  const [first] = await eventually(async () => {
    const now = await pods();
    return now.length === 2 && now;
  });
  const gone = first?.metadata.name ?? "";
  succeeded(await platform.kubectl("delete", "pod", gone, "-n", "platform-application"));
  await eventually(async () => {
    const names = (await pods()).map(({ metadata }) => metadata.name);
    return names.length === 2 && !names.includes(gone);
  });
  const all = "/apis/apps/v1/namespaces/platform-application/deployments";
  const answer = await platform.cluster.request("DELETE", all);
  assert.equal(answer.status, 200, answer.text);
  await eventually(async () => {
    const { metadata } = await platform.get("statefulset", "doomed/db");
    return metadata["deletionTimestamp"] !== undefined;
  });
  succeeded(await platform.patch("statefulset", "doomed/db", { metadata: { finalizers: null } }));
  succeeded(await platform.kubectl("wait", "--for=delete", "namespace/doomed", "--timeout=60s"));
});

test("without a guard a Job of a layer finishes, its Pod loses the finalizer", async () => {
  const pods = () => platform.list("pods", "platform-application", "-l", "job-name=batch");
  const [pod] = await eventually(async () => {
    const now = await pods();
    return now.length === 1 && now;
  });
  const place = `platform-application/${pod?.metadata.name}`;
  const phase = { status: { phase: "Succeeded" } };
  succeeded(await platform.patch("pod", place, phase, "--type=merge", "--subresource=status"));
  await eventually(async () => {
    const { succeeded: done } = (await platform.get("job", "platform-application/batch"))[
      "status"
    ] as { succeeded?: number };
    return done === 1;
  });
  assert.equal((await platform.get("pod", place)).metadata["finalizers"], undefined);
});

test("deleting the configurations ends it, and no guard brings them back", async () => {
  const { installation } = platform;
  const guard = await installation.startGuard();
  installation.forwarder.setBackends([guard.port]);
  await guard.ready();
  await platform.untilAsked();
  for (const plural of CONFIGURATIONS) {
    succeeded(await platform.kubectl("delete", plural, "keymate-guard"));
  }
  await eventually(
    async () => (await platform.send("apply", unsized("platform-data/x"))).code === 0,
  );
  const loadedAgain = () => /"msg":"policy loaded"/.test(guard.log());
  // A changed scope is what makes a guard write.
  installation.writePolicy({ rules: { "res-default": { mode: "off" } } });
  await eventually(async () => loadedAgain());
  await (await installation.startGuard()).ready();
  for (const plural of CONFIGURATIONS) {
    assert.equal((await configuration(plural)).status, 404);
  }
  assert.match(guard.log(), /webhook configuration does not exist, leaving it alone/);
});
