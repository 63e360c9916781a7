import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import type { JsonObject } from "../../../src/kubernetes/json.ts";
import { createHelm } from "../../cluster/helm.ts";
import type { KubectlResult } from "../../cluster/kubectl.ts";
import { succeeded } from "../support/platform.ts";

export const CHART = fileURLToPath(new URL("../../../manifests/chart", import.meta.url));

/** The oldest Kubernetes that is supported: Helm alone assumes one of its own. */
const TEMPLATE = [
  ...["template", "keymate-guard", "--namespace=keymate-guard"],
  "--kube-version=1.34.0",
];

/** `helm template` as for `helm install keymate-guard --namespace keymate-guard`, without a cluster. */
export async function template(values: object, ...args: string[]): Promise<KubectlResult> {
  const helm = await createHelm("/dev/null", tmpdir());
  const [chart = CHART, ...flags] = args;
  return helm([...TEMPLATE, chart, "--values=-", ...flags], { stdin: JSON.stringify(values) });
}

/** The objects of a successful rendering. */
export async function rendered(values: object, ...args: string[]): Promise<readonly JsonObject[]> {
  return objectsOf(succeeded(await template(values, ...args)).stdout);
}

export function objectsOf(text: string): readonly JsonObject[] {
  return parseAllDocuments(text)
    .map((document): unknown => document.toJS())
    .filter((object): object is JsonObject => object !== null);
}

export function one(objects: readonly JsonObject[], kind: string, name = "keymate-guard") {
  const found = objects.filter(
    (object) => object["kind"] === kind && (object["metadata"] as { name: string }).name === name,
  );
  if (found.length !== 1) throw new Error(`${found.length} objects ${kind}/${name}`);
  return found[0] as JsonObject;
}
