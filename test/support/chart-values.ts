import { asObject, type JsonObject } from "../../src/kubernetes/json.ts";

/** As Helm lays values over those of the chart: maps merge, everything else is replaced. */
export function mergedValues(below: JsonObject, above: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const [left, right] = [asObject(merged[key]), asObject(value)];
    merged[key] = left && right ? mergedValues(left, right) : value;
  }
  return merged;
}
