import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { startCluster, type TestCluster } from "../../cluster/cluster.ts";
import { eventually } from "../../cluster/eventually.ts";
import { freePorts } from "../../cluster/ports.ts";
import { total } from "../support/counters.ts";
import { type GuardProcess, startGuard } from "../support/guard-process.ts";
import { OVERLAY } from "../support/installation.ts";
import { succeeded } from "../support/platform.ts";
import { caOf, servedBy } from "./support/serving.ts";

let cluster: TestCluster;
let kubeconfig: string;
let servicePort: number;
let started = 0;

const PLACE = `
apiVersion: v1
kind: Namespace
metadata: {name: keymate-guard}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: keymate-guard, namespace: keymate-guard}
`;

before(async () => {
  cluster = await startCluster();
  // No Pod can be without these two; all the rest may come later.
  await cluster.apply(PLACE);
  kubeconfig = await cluster.tokenKubeconfig("keymate-guard", "keymate-guard");
  [servicePort = 0] = await freePorts(1);
});

after(() => cluster?.stop());

async function start(t: TestContext): Promise<GuardProcess> {
  started += 1;
  const guard = await startGuard({
    logFile: join(cluster.dir, `guard-${started}.log`),
    args: [
      ...["--cluster", "kubeconfig", "--kubeconfig", kubeconfig, "--manage-webhooks", "true"],
      ...["--service-port", `${servicePort}`],
    ],
  });
  t.after(() => guard.stop("SIGKILL"));
  return guard;
}

test("a guard that comes before its manifests says what it waits for, and is ready when they are there", async (t) => {
  const guard = await start(t);
  let told = "";
  const reasons = [
    /\[-\]serving failed: not listening yet/,
    /\[-\]certificate failed: .*keymate-guard-certs.*forbidden/,
    /\[-\]webhooks failed: cannot list mutatingwebhookconfigurations keymate-guard: needs permission "list"/,
  ];
  // Each is told as soon as it is known, and not all at once.
  await eventually(async () => {
    told = (await guard.ops("/readyz?verbose").catch(() => undefined))?.text ?? "";
    return reasons.every((reason) => reason.test(told));
  }).catch((error: unknown) => assert.fail(`${String(error)}, the last word was:\n${told}`));
  assert.equal((await guard.ops("/readyz")).status, 503);
  assert.equal((await guard.ops("/livez")).status, 200);
  const appliedAt = performance.now();
  succeeded(await cluster.kubectl(["apply", "-k", OVERLAY]));
  await guard.ready(90_000);
  t.diagnostic(`ready ${seconds(appliedAt)} s after the manifests`);
  assert.equal(await writtenEntries(), true);
});

for (const count of [2, 5]) {
  test(`${count} guards that start at the same moment agree on one CA`, async (t) => {
    await empty();
    const writesBefore = await secretWrites();
    const startedAt = performance.now();
    const guards = await Promise.all(Array.from({ length: count }, () => start(t)));
    await Promise.all(guards.map((guard) => untilAnswering(guard)));
    const answeringAt = performance.now();
    const { ca, fingerprint } = await eventually(() => agreement(guards), 5_000);
    t.diagnostic(
      `all answer ${seconds(startedAt)} s after the start, under one CA ${seconds(answeringAt)} s later`,
    );
    assert.equal(ca.split("BEGIN CERTIFICATE").length, 2, "one CA");
    await Promise.all(guards.map((guard) => guard.ready()));
    assert.deepEqual(await agreement(guards), { ca, fingerprint }, "nobody changes it later");
    const writes = (await secretWrites()) - writesBefore;
    t.diagnostic(`${writes} writes of the Secret, ${await secretConflicts()} conflicts so far`);
    assert(writes <= 2, `${writes} writes`);
    await Promise.all(guards.map((guard) => guard.stop()));
  });
}

/** Secret and webhook configurations as shipped, without a guard. */
async function empty(): Promise<void> {
  const kinds = "mutatingwebhookconfiguration,validatingwebhookconfiguration";
  succeeded(await cluster.kubectl(["delete", kinds, "keymate-guard"]));
  succeeded(
    await cluster.kubectl(["delete", "secret", "keymate-guard-certs", "-n", "keymate-guard"]),
  );
  succeeded(await cluster.kubectl(["apply", "-k", OVERLAY]));
}

async function untilAnswering(guard: GuardProcess): Promise<void> {
  await eventually(async () => {
    const state = await guard.ops("/readyz?verbose").catch(() => undefined);
    return state?.text.includes("[+]serving ok");
  }, 60_000);
}

/** The CA under which all of them serve the same certificate. */
async function agreement(guards: readonly GuardProcess[]) {
  const ca = await caOf(cluster);
  const shown = guards.map(({ port }) => servedBy(port, ca).catch((error) => String(error)));
  const [fingerprint, ...others] = new Set(await Promise.all(shown));
  return others.length === 0 && fingerprint?.includes(":") ? { ca, fingerprint } : undefined;
}

async function writtenEntries(): Promise<boolean> {
  const path =
    "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/keymate-guard";
  const { webhooks } = (await cluster.request("GET", path)).json<{ webhooks?: unknown[] }>();
  return (webhooks?.length ?? 0) > 0;
}

async function secretWrites(): Promise<number> {
  const labels = { resource: "secrets", verb: "PATCH", code: "200" };
  return total(await cluster.metrics(), "apiserver_request_total", labels);
}

async function secretConflicts(): Promise<number> {
  const labels = { resource: "secrets", verb: "PATCH", code: "409" };
  return total(await cluster.metrics(), "apiserver_request_total", labels);
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}
