import { asObject, type JsonObject, ownString } from "../../kubernetes/json.ts";

export const TEMPLATE_MARK = "{{";

/**
 * What only a chart's author writes: Helm's own objects and functions. Values of charts start in
 * lower case, which keeps Grafana's `{{ .Values.A }}` out; lengths are bounded for linear time.
 */
const HELM =
  /\{\{-?\s{0,9}(?:[\w($][^}\n]{0,200}[\s(])?\$?\.(?:Values\.[a-z_]|(?:Release|Chart|Capabilities|Files|Template)\b)|\{\{-?\s{0,9}(?:include|tpl)\s/;

/** A line that is nothing but a template action, or a value that starts with a bare one. */
const BARE = /(?:^|\n)[ \t]*(?:- |[\w./-]+: +)*\{\{/;

/** Keys under which `{{` is legitimately meant for another program. */
const FREE_TEXT = new Set([
  "annotations",
  "args",
  "binaryData",
  "command",
  "data",
  "stringData",
  "value",
]);

/** Controllers that render such text themselves, long after it was applied. */
const RENDERING_GROUPS = /(?:^|\.)(?:argoproj\.io|fluxcd\.io|external-secrets\.io)$/;

/** Whether a document that did not parse looks like a template that was not rendered. */
export function looksLikeTemplate(text: string): boolean {
  return text.includes(TEMPLATE_MARK) && (HELM.test(text) || BARE.test(text));
}

/**
 * Whether a document that parses is a template all the same: `image: "{{ .Values.image }}"`.
 * Alert rules and dashboards hold `{{ $labels.pod }}` for good, so only Helm's own words count
 * there, and any `{{` where a built-in kind has no use for one.
 */
export function isUnrendered(text: string, object: JsonObject): boolean {
  if (!text.includes(TEMPLATE_MARK)) return false;
  const group = groupOf(object);
  if (RENDERING_GROUPS.test(group)) return false;
  if (HELM.test(text)) return true;
  return isBuiltIn(group) && holdsMark(object);
}

/** The offset of the first mark. */
export function firstMark(text: string): number {
  return Math.max(0, text.indexOf(TEMPLATE_MARK));
}

function groupOf(object: JsonObject): string {
  const apiVersion = ownString(object, "apiVersion") ?? "";
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

function isBuiltIn(group: string): boolean {
  return !group.includes(".") || group.endsWith(".k8s.io");
}

/** The caller has bounded the depth. */
function holdsMark(value: unknown): boolean {
  if (typeof value === "string") return value.includes(TEMPLATE_MARK);
  if (Array.isArray(value)) return value.some(holdsMark);
  const object = asObject(value);
  if (object === undefined) return false;
  return Object.entries(object).some(
    ([key, child]) => key.includes(TEMPLATE_MARK) || (!FREE_TEXT.has(key) && holdsMark(child)),
  );
}
