import { asObject, type JsonObject, own, ownArray, ownString } from "./json.ts";

/**
 * Whether a metav1.LabelSelector selects these labels, as LabelSelectorAsSelector of apimachinery
 * reads it: an absent selector selects nothing, an empty one everything; matchLabels and
 * matchExpressions all have to hold. A selector that the API would refuse selects nothing.
 */
export function selects(selector: unknown, labels: JsonObject | undefined): boolean {
  const parts = asObject(selector);
  if (parts === undefined) return false;
  return matchLabelsHold(own(parts, "matchLabels"), labels) && expressionsHold(parts, labels);
}

/** No selector at all, which selects nothing. */
export function isNullSelector(selector: unknown): boolean {
  return selector === undefined || selector === null;
}

/** `{}`, also with empty parts: selects every Pod there is. */
export function isEmptySelector(selector: unknown): boolean {
  const parts = asObject(selector);
  if (parts === undefined) return false;
  const labels = asObject(own(parts, "matchLabels")) ?? {};
  return Object.keys(labels).length === 0 && ownArray(parts, "matchExpressions").length === 0;
}

function matchLabelsHold(wanted: unknown, labels: JsonObject | undefined): boolean {
  if (wanted === undefined || wanted === null) return true;
  const pairs = asObject(wanted);
  if (pairs === undefined) return false;
  for (const key of Object.keys(pairs)) {
    const value = pairs[key];
    if (typeof value !== "string" || own(labels, key) !== value) return false;
  }
  return true;
}

function expressionsHold(parts: JsonObject, labels: JsonObject | undefined): boolean {
  for (const entry of ownArray(parts, "matchExpressions")) {
    const expression = asObject(entry);
    if (expression === undefined || !expressionHolds(expression, labels)) return false;
  }
  return true;
}

/** NotIn and DoesNotExist also hold where the key is absent. */
function expressionHolds(expression: JsonObject, labels: JsonObject | undefined): boolean {
  const key = ownString(expression, "key");
  if (key === undefined || key === "") return false;
  const values = ownArray(expression, "values");
  const value = ownString(labels, key);
  switch (ownString(expression, "operator")) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return values.length > 0 && (value === undefined || !values.includes(value));
    case "Exists":
      return values.length === 0 && value !== undefined;
    case "DoesNotExist":
      return values.length === 0 && value === undefined;
    default:
      return false;
  }
}
