import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import forge from "node-forge";
import { eventually } from "../../cluster/eventually.ts";
import { type Forwarder, startForwarder } from "../../cluster/forwarder.ts";
import { rsaPair } from "../../cluster/pki.ts";
import { type GuardProcess, startGuard } from "../support/guard-process.ts";
import { OVERLAY } from "../support/installation.ts";
import { namespace, workload } from "../support/manifests.ts";
import { succeeded } from "../support/platform.ts";
import { ControlPlane } from "./support/control-plane.ts";
import { failing, stageOf } from "./support/stage.ts";

const STRICT = ["enforce-labelled", "enforce-named", "layer-namespaces"];

let plane: ControlPlane;
let service: Forwarder;
let started = 0;

before(async () => {
  plane = await ControlPlane.create();
  service = await startForwarder({ backends: [] });
  await plane.startEtcd();
  await plane.startApiServer();
  await plane.startControllers();
  await plane.startNodes();
  await kubectl("apply", "-k", OVERLAY);
  await apply(namespace("platform-application"));
});

after(async () => {
  await plane?.stop();
  await service?.stop();
});

async function kubectl(...args: readonly string[]): Promise<string> {
  return succeeded(await plane.kubectl(args)).stdout;
}

async function apply(...objects: readonly object[]): Promise<string> {
  const text = objects.map((object) => JSON.stringify(object)).join("\n---\n");
  return succeeded(await plane.kubectl(["apply", "-f", "-"], text)).stdout;
}

async function guardOf(kubeconfig: string): Promise<GuardProcess> {
  started += 1;
  return startGuard({
    logFile: join(plane.workspace.dir, `guard-${started}.log`),
    args: [
      ...["--cluster=kubeconfig", `--kubeconfig=${kubeconfig}`, "--manage-webhooks=true"],
      ...[`--service-port=${service.port}`, "--fail-after=0s", "--fail-after-replicas=1"],
    ],
  });
}

const layered = (name: string) =>
  plane.kubectl(
    ["create", "-f", "-"],
    JSON.stringify(workload("Deployment", `platform-application/${name}`, { component: "none" })),
  );

async function assertRefusedWithoutGuard(name: string): Promise<void> {
  const { code, stderr } = await layered(name);
  assert.equal(code, 1, "somebody answers for the guard");
  assert.match(stderr, /failed calling webhook "enforce-named\.guard\.keymate\.io"/);
}

/** Decisions as they should be: what is complete goes in, what takes a layer away does not. */
async function assertDecides(name: string): Promise<void> {
  let said = "";
  await eventually(async () => {
    const { code, stderr } = await layered(name);
    said = stderr;
    return code === 0;
  }, 30_000).catch(() => assert.fail(said));
  const unknown = JSON.stringify(namespace("x", "no-layer"));
  const refused = await plane.kubectl(["create", "--dry-run=server", "-f", "-"], unknown);
  assert.match(refused.stderr, /admission webhook "layer-namespaces\.guard\.keymate\.io" denied/);
}

async function boundPods(): Promise<readonly string[]> {
  const nodes = await kubectl(
    ...["get", "pods", "-n", "keymate-guard", "-o"],
    'jsonpath={range .items[*]}{.metadata.name}={.spec.nodeName}{"\\n"}{end}',
  );
  return nodes.split("\n").filter((line) => /=./.test(line));
}

/** Everything ends but what etcd holds; the nodes and the guard's Pods are gone for good. */
async function tearDown(): Promise<void> {
  await plane.stopOthers();
  const now = ["--force", "--grace-period=0", "--wait=false"];
  await kubectl("delete", "nodes", "--all", "--wait=false");
  await kubectl("delete", "storageclass", "kwok-volume");
  await kubectl("delete", "pods", "--all", "-n", "keymate-guard", ...now);
  await plane.stopServers();
}

test("a guard that proved itself leaves Fail in etcd when everything ends", async () => {
  const guard = await guardOf(await plane.guardKubeconfig());
  service.setBackends([guard.port]);
  await guard.ready(90_000);
  await eventually(async () => (await failing(plane.apiServer))?.length === STRICT.length, 60_000);
  await assertDecides("before");
  await eventually(async () => (await boundPods()).length === 2, 60_000);
  await guard.stop("SIGKILL");
  await assertRefusedWithoutGuard("refused");
  await tearDown();
});

test("with Fail in etcd and no guard, a control plane starts and new nodes register", async () => {
  await plane.startEtcd();
  await plane.startApiServer();
  assert.deepEqual(await failing(plane.apiServer), STRICT);
  await plane.startControllers();
  await plane.startNodes();
  await eventually(async () => {
    const leases = await kubectl("get", "leases", "-n", "kube-node-lease", "-o", "name");
    return leases.trim().split("\n").length >= 2;
  }, 60_000);
});

test("without a guard a node's certificate request is made and approved", async () => {
  const { key, publicKey } = await rsaPair();
  const request = forge.pki.createCertificationRequest();
  request.publicKey = forge.pki.publicKeyFromPem(publicKey);
  request.setSubject([
    { name: "organizationName", value: "system:nodes" },
    { name: "commonName", value: "system:node:node-9" },
  ]);
  request.sign(forge.pki.privateKeyFromPem(key), forge.md.sha256.create());
  await apply({
    apiVersion: "certificates.k8s.io/v1",
    kind: "CertificateSigningRequest",
    metadata: { name: "node-9" },
    spec: {
      request: Buffer.from(forge.pki.certificationRequestToPem(request)).toString("base64"),
      signerName: "kubernetes.io/kube-apiserver-client-kubelet",
      usages: ["digital signature", "client auth"],
    },
  });
  await kubectl("certificate", "approve", "node-9");
});

test("without a guard kube-system comes up: leases, Deployments, DaemonSets, Pods that run", async () => {
  const dns = workload("Deployment", "kube-system/dns");
  const proxy = workload("DaemonSet", "kube-system/proxy");
  const lease = {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name: "some-controller", namespace: "kube-system" },
    spec: { holderIdentity: "me", leaseDurationSeconds: 15 },
  };
  await apply(dns, proxy, lease, workload("Pod", "kube-system/static"));
  await kubectl("rollout", "status", "-n", "kube-system", "deployment/dns", "--timeout=90s");
  await kubectl("rollout", "status", "-n", "kube-system", "daemonset/proxy", "--timeout=90s");
});

test("without a guard its own objects are created and changed", async () => {
  const own = (kind: string, rest: object = {}) => ({
    apiVersion: "v1",
    kind,
    metadata: { name: "another", namespace: "keymate-guard" },
    ...rest,
  });
  await apply(
    own("Secret"),
    own("ServiceAccount"),
    own("ConfigMap", { data: { a: "b" } }),
    own("Service", { spec: { ports: [{ port: 443 }] } }),
  );
  const kinds = "namespace,deployment,secret,serviceaccount,service,configmap,role,rolebinding";
  await kubectl("apply", "-k", OVERLAY);
  await kubectl(
    ...["annotate", kinds, "-n", "keymate-guard", "--all", "example.com/touched=yes"],
    "--overwrite",
  );
  const probe = own("ConfigMap");
  const labels = { "policy.keymate.io/probe": "true" };
  await apply({ ...probe, metadata: { ...probe.metadata, name: "not-a-dry-run", labels } });
});

test("without a guard its Pods are bound, and it then decides again with no manual step", async () => {
  await assertRefusedWithoutGuard("still-refused");
  await eventually(async () => (await boundPods()).length === 2, 90_000);
  // What the kubelet of that node does next.
  const guard = await guardOf(await plane.guardKubeconfig());
  service.setBackends([guard.port]);
  await guard.ready(90_000);
  await assertDecides("after");
  assert.equal(await stageOf(guard), "fail");
  assert.deepEqual(await failing(plane.apiServer), STRICT);
  await guard.stop("SIGKILL");
});

test("in the opposite order, guard, API server, etcd, everything comes back too", async () => {
  const kubeconfig = await plane.guardKubeconfig();
  await tearDown();
  const guard = await guardOf(kubeconfig);
  service.setBackends([guard.port]);
  await eventually(async () => (await guard.ops("/livez").catch(() => undefined))?.status === 200);
  const serving = plane.startApiServer();
  await plane.startEtcd();
  await serving;
  await guard.ready(120_000);
  assert.deepEqual(await failing(plane.apiServer), STRICT);
  await assertDecides("reversed");
  await plane.startControllers();
  await plane.startNodes();
  await eventually(async () => (await boundPods()).length === 2, 90_000);
  await guard.stop("SIGKILL");
});

test("the configurations can be deleted while nobody answers, and layers are free at once", async () => {
  await assertRefusedWithoutGuard("last");
  const kinds = "validatingwebhookconfiguration,mutatingwebhookconfiguration";
  await kubectl("delete", kinds, "keymate-guard");
  await eventually(async () => (await layered("free")).code === 0);
});
