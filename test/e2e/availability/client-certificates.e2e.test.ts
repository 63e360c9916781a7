import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startCluster, type TestCluster } from "../../cluster/cluster.ts";
import { eventually } from "../../cluster/eventually.ts";
import { createAuthority } from "../../cluster/pki.ts";
import { freePorts } from "../../cluster/ports.ts";
import { type GuardProcess, startGuard } from "../support/guard-process.ts";

const dir = mkdtempSync(join(tmpdir(), "keymate-guard-client-"));
const file = (name: string, content: string): string => {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
};
const guards: GuardProcess[] = [];
let cluster: TestCluster | undefined;

/** What docs/client-certificates.md has an administrator write. */
function admissionConfiguration(kubeConfigFile: string): string {
  const plugins = ["ValidatingAdmissionWebhook", "MutatingAdmissionWebhook"].map((name) => ({
    name,
    configuration: {
      apiVersion: "apiserver.config.k8s.io/v1",
      kind: "WebhookAdmissionConfiguration",
      kubeConfigFile,
    },
  }));
  return JSON.stringify({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AdmissionConfiguration",
    plugins,
  });
}

async function guardBehind(port: number, clientCa: string): Promise<GuardProcess> {
  const certs = join(dir, `certs-${port}`);
  const guard = await startGuard({
    logFile: join(dir, `guard-${port}.log`),
    args: ["--cluster=none", `--cert-dir=${certs}`, `--client-ca=${clientCa}`],
    port,
  });
  guards.push(guard);
  await guard.ready();
  return guard;
}

/** Sends ConfigMaps of one name to the guard on a port. */
async function intercept(port: number): Promise<void> {
  const caBundle = readFileSync(join(dir, `certs-${port}`, "ca.crt")).toString("base64");
  const name = `only-${port}.example.com`;
  await cluster?.apply(
    JSON.stringify({
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name },
      webhooks: [
        {
          name,
          clientConfig: { url: `https://127.0.0.1:${port}/validate/fail`, caBundle },
          rules: [
            {
              apiGroups: [""],
              apiVersions: ["v1"],
              operations: ["CREATE"],
              resources: ["configmaps"],
            },
          ],
          matchConditions: [{ name: "name", expression: `object.metadata.name == "for-${port}"` }],
          failurePolicy: "Fail",
          sideEffects: "None",
          admissionReviewVersions: ["v1"],
        },
      ],
    }),
  );
}

const create = (port: number) =>
  cluster?.request("POST", "/api/v1/namespaces/default/configmaps?dryRun=All", {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: `for-${port}` },
  });

let ports: number[] = [];

before(async () => {
  ports = await freePorts(2);
  const [ours, others] = await Promise.all([createAuthority("ours"), createAuthority("others")]);
  const client = await ours.issue({ commonName: "kube-apiserver" });
  const user = {
    "client-certificate": file("client.crt", client.cert),
    "client-key": file("client.key", client.key),
  };
  const users = ports.map((port) => ({ name: `127.0.0.1:${port}`, user }));
  const kubeconfig = file(
    "kubeconfig",
    JSON.stringify({ apiVersion: "v1", kind: "Config", users }),
  );
  const configuration = file("admission.json", admissionConfiguration(kubeconfig));
  cluster = await startCluster({ flags: { "admission-control-config-file": configuration } });
  const [trusting = 0, foreign = 0] = ports;
  await guardBehind(trusting, file("ours.crt", ours.cert));
  await guardBehind(foreign, file("others.crt", others.cert));
  for (const port of ports) await intercept(port);
});

after(async () => {
  for (const guard of guards) await guard.stop("SIGKILL");
  await cluster?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test("a guard that asks for a client certificate answers the API server that has one", async () => {
  const [trusting = 0] = ports;
  await eventually(async () => {
    await create(trusting);
    const { text } = (await guards[0]?.ops("/metrics")) ?? { text: "" };
    return /admission_requests_total\{.*\} [1-9]/.test(text);
  }, 30_000);
  assert.equal((await create(trusting))?.status, 201);
});

test("a guard that trusts another CA refuses the API server, and its probes go on", async () => {
  const [, foreign = 0] = ports;
  const answer = await eventually(async () => {
    const given = await create(foreign);
    return given?.status === 500 ? given : undefined;
  }, 30_000);
  assert.match(answer.text, /failed calling webhook .*: (EOF|.*connection reset by peer|.*tls: )/);
  assert.equal((await guards[1]?.ops("/readyz"))?.status, 200);
});
