import type { Judged, Subject } from "../../engine/subject.ts";
import { asArray, asObject, own, ownObject } from "../../kubernetes/json.ts";
import { specOf } from "../../kubernetes/object.ts";

/**
 * A PodDisruptionBudget for a workload, in one line of YAML. maxUnavailable 1 lets a drain go on
 * and keeps the rest, however many replicas an autoscaler makes of it.
 */
export function budgetManifest(
  { namespace, name }: Pick<Subject, "namespace" | "name">,
  object: Judged,
): string {
  return flow({
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: name.replace(/-?\*$/, ""), namespace },
    spec: { maxUnavailable: 1, selector: selectorFor(object) },
  });
}

/** The workload's own selector: it selects its Pods and cannot change. */
function selectorFor({ raw, template }: Judged): unknown {
  return ownObject(specOf(raw), "selector") ?? { matchLabels: template?.labels };
}

/** YAML flow style; plain where that is safe. */
function flow(value: unknown): string {
  const list = asArray(value);
  if (list !== undefined) return `[${list.map(flow).join(", ")}]`;
  const object = asObject(value);
  if (object !== undefined) {
    const entries = Object.keys(object).filter((key) => own(object, key) !== undefined);
    return `{${entries.map((key) => `${scalar(key)}: ${flow(own(object, key))}`).join(", ")}}`;
  }
  return typeof value === "string" ? scalar(value) : JSON.stringify(value ?? null);
}

function scalar(text: string): string {
  return plain.test(text) && !words.has(text.toLowerCase()) ? text : JSON.stringify(text);
}

const plain = /^[A-Za-z][A-Za-z0-9./_-]*$/;

/** What YAML 1.1 reads as something other than text. */
const words: ReadonlySet<string> = new Set([
  "true",
  "false",
  "null",
  "yes",
  "no",
  "on",
  "off",
  "y",
  "n",
]);
