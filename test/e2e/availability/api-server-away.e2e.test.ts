import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { ApiServer } from "../../cluster/api-server.ts";
import { startCluster, type TestCluster } from "../../cluster/cluster.ts";
import { eventually } from "../../cluster/eventually.ts";
import { type Forwarder, startForwarder } from "../../cluster/forwarder.ts";
import { guardTotal, samplesOf } from "../support/counters.ts";
import { type GuardProcess, startGuard } from "../support/guard-process.ts";
import { OVERLAY } from "../support/installation.ts";
import { namespace, workload } from "../support/manifests.ts";
import { succeeded } from "../support/platform.ts";
import { callGuard } from "./support/direct-calls.ts";
import { caOf } from "./support/serving.ts";
import { seconds, throughout } from "./support/watching.ts";

let cluster: TestCluster;
let guard: GuardProcess;
/** Stand in for load balancer and kube-proxy: addresses that outlive what is behind them. */
let toApiServer: Forwarder;
let toGuard: Forwarder;
let ca: string;

before(async () => {
  cluster = await startCluster();
  succeeded(await cluster.kubectl(["apply", "-k", OVERLAY]));
  toApiServer = await startForwarder({ backends: [Number(new URL(cluster.server).port)] });
  toGuard = await startForwarder({ backends: [] });
  const server = `https://127.0.0.1:${toApiServer.port}`;
  const kubeconfig = await cluster.tokenKubeconfig("keymate-guard", "keymate-guard", { server });
  guard = await startGuard({
    logFile: join(cluster.dir, "guard.log"),
    args: [
      ...["--cluster", "kubeconfig", "--kubeconfig", kubeconfig, "--manage-webhooks", "true"],
      ...["--service-port", `${toGuard.port}`],
    ],
  });
  toGuard.setBackends([guard.port]);
  await guard.ready();
  ca = await caOf(cluster);
});

after(async () => {
  await guard?.stop("SIGKILL");
  await toGuard?.stop();
  await toApiServer?.stop();
  await cluster?.stop();
});

/** Additions and decisions, as before. */
async function decides(): Promise<boolean> {
  const [addition, decision] = await Promise.all([
    callGuard(guard.port, ca, "/mutate"),
    callGuard(guard.port, ca, "/validate/fail"),
  ]);
  return addition.patch.includes("512Mi") && decision.status === 200;
}

async function isReady(): Promise<boolean> {
  return (await guard.ops("/readyz")).status === 200;
}

const database = (space: string) =>
  workload("StatefulSet", `${space}/db`, { component: "relational-database" });

/** Whether the API server asks the guard, and the guard knows the layer of the namespace. */
async function refuses({ request }: Pick<ApiServer, "request">, space: string): Promise<boolean> {
  const path = `/apis/apps/v1/namespaces/${space}/statefulsets?dryRun=All`;
  const { status, text } = await request("POST", path, database(space));
  return status === 403 && text.includes("res-limits-required");
}

test("while the API server is frozen the guard answers from memory, ready, and goes on after it", async (t) => {
  process.kill(cluster.apiServer.process.pid, "SIGSTOP");
  try {
    await throughout(4_000, "not ready, or another decision", async () => {
      return (await decides()) && (await isReady());
    });
  } finally {
    process.kill(cluster.apiServer.process.pid, "SIGCONT");
  }
  const since = performance.now();
  assert.equal(
    (await cluster.request("POST", "/api/v1/namespaces", namespace("thawed", "data"))).status,
    201,
  );
  await eventually(() => refuses(cluster, "thawed"));
  t.diagnostic(`sees changes again after ${seconds(since)}`);
});

test("while there is no API server the guard answers from memory, and catches up with the next one", async (t) => {
  const namespaces = await guardTotal(guard, "keymate_guard_cache_objects", { kind: "Namespace" });
  await cluster.apiServer.stop("SIGKILL");
  await throughout(4_000, "not ready, or another decision", async () => {
    return (await decides()) && (await isReady());
  });
  assert.equal((await guard.ops("/livez")).status, 200);

  const next = await cluster.addApiServer();
  // What happens before the guard finds its way back must not be lost.
  const added = await next.request("POST", "/api/v1/namespaces", namespace("meanwhile", "data"));
  assert.equal(added.status, 201);
  const since = performance.now();
  const sinceEpoch = Date.now() / 1000;
  toApiServer.setBackends([Number(new URL(next.server).port)]);
  await eventually(async () => {
    const known = await guardTotal(guard, "keymate_guard_cache_objects", { kind: "Namespace" });
    return known === namespaces + 1;
  }, 60_000);
  t.diagnostic(`namespaces caught up after ${seconds(since)}`);
  await eventually(() => refuses(next, "meanwhile"));
  await eventually(async () => {
    const page = (await guard.ops("/metrics")).text;
    // Kinds that this cluster does not have are never heard of and give no sample.
    const heard = samplesOf(page, "keymate_guard_cache_last_event_timestamp_seconds");
    return heard.length > 0 && heard.every(({ value }) => value >= sinceEpoch);
  }, 60_000);
  t.diagnostic(`all caches are live again after ${seconds(since)}`);
  assert(await isReady());
  assert(await decides());

  const path = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/keymate-guard";
  const blank = [{ op: "remove", path: "/webhooks/0/clientConfig/caBundle" }];
  const blanked = performance.now();
  await next.request("PATCH", path, blank, "application/json-patch+json");
  await eventually(async () => {
    const { webhooks } = (await next.request("GET", path)).json<{
      webhooks: { clientConfig: { caBundle?: string } }[];
    }>();
    return webhooks.every(({ clientConfig }) => (clientConfig.caBundle ?? "") !== "");
  }, 60_000);
  t.diagnostic(`a blanked caBundle was repaired after ${seconds(blanked)}`);
});
