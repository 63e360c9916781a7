import { kindWord } from "./policy.ts";
import type { Subject } from "./subject.ts";

/**
 * The override that would let this request pass, ready to paste under `overrides` of the policy
 * and good for today (UTC): how something exceptional is granted on purpose.
 */
export function overrideAdvice(
  rule: string,
  { kind, namespace, name }: Pick<Subject, "kind" | "namespace" | "name">,
  now: number,
): string {
  const today = new Date(now).toISOString().slice(0, 10);
  const where =
    namespace === "" || kind === "Namespace" ? "" : `namespaces: [${quoted(namespace)}], `;
  const object = quoted(`${kindWord(kind)}/${name}`);
  return `{rules: [${rule}], ${where}objects: [${object}], mode: warn, until: ${today}}`;
}

/** A glob may hold what a flow sequence of YAML takes for syntax. */
function quoted(text: string): string {
  return plain.test(text) ? text : JSON.stringify(text);
}

const plain = /^[A-Za-z][A-Za-z0-9./-]*$/;
