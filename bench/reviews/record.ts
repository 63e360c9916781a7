/**
 * `node bench/reviews/record.ts`: writes the two reviews that everything here is measured with, as
 * a real API server sends them when somebody applies a Deployment by kubectl.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startCluster } from "../../test/cluster/cluster.ts";
import { eventually } from "../../test/cluster/eventually.ts";
import { createAuthority } from "../../test/cluster/pki.ts";
import { allow, startHook } from "../../test/e2e/facts/hook.ts";
import { deployment } from "./deployment.ts";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
const NAMESPACE = "platform-application";

const authority = await createAuthority("recorder");
const hook = await startHook(
  await authority.issue({ commonName: "recorder", hosts: ["localhost"] }),
  allow,
);
const cluster = await startCluster();
try {
  await cluster.apply(
    JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } }),
  );
  await cluster.apply(JSON.stringify(configuration()));
  for (const compliant of [true, false]) {
    const review = await record(compliant);
    const file = `${FOLDER}${compliant ? "compliant" : "incomplete"}.json`;
    writeFileSync(file, `${JSON.stringify(review, null, 2)}\n`);
    console.log(`${file}: ${JSON.stringify(review).length} bytes on the wire`);
  }
} finally {
  await cluster.stop();
  await hook.stop();
}

async function record(compliant: boolean): Promise<object> {
  const manifest = JSON.stringify(deployment({ compliant, namespace: NAMESPACE }));
  return await eventually(async () => {
    hook.reset();
    await cluster.apply(manifest, "--server-side", "--dry-run=server");
    const text = hook.calls.at(-1)?.text;
    return text !== undefined && (JSON.parse(anonymous(text)) as object);
  });
}

/** The same lengths, but nothing of this very run. */
function anonymous(text: string): string {
  return text
    .replace(/"uid":"[0-9a-f-]{36}"/g, '"uid":"00000000-0000-4000-8000-000000000000"')
    .replace(/X509SHA256=[0-9a-f]{64}/g, `X509SHA256=${"0".repeat(64)}`)
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "2026-01-01T00:00:00Z");
}

function configuration(): object {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "recorder" },
    webhooks: [
      {
        name: "recorder.guard.keymate.io",
        clientConfig: {
          url: `https://localhost:${hook.port}/validate`,
          caBundle: Buffer.from(authority.cert).toString("base64"),
        },
        rules: [
          {
            apiGroups: ["apps"],
            apiVersions: ["v1"],
            operations: ["CREATE"],
            resources: ["deployments"],
          },
        ],
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
      },
    ],
  };
}
