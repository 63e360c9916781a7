import { asObject, type JsonObject, own, ownArray } from "./json.ts";
import { statusOf } from "./object.ts";

/** status.conditions[type=…]. */
export function conditionOf(object: JsonObject, type: string): JsonObject | undefined {
  for (const entry of ownArray(statusOf(object), "conditions")) {
    const condition = asObject(entry);
    if (own(condition, "type") === type) return condition;
  }
  return undefined;
}

export function isConditionTrue(condition: JsonObject | undefined): boolean {
  return own(condition, "status") === "True";
}
