import {
  type IntOrPercent,
  intOrPercentText,
  parseIntOrPercent,
  scaledValue,
} from "./int-or-percent.ts";
import { type JsonObject, own } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { specOf } from "./object.ts";

export const PDB: GroupKind = "PodDisruptionBudget.policy";

export type BudgetField = "minAvailable" | "maxUnavailable";

/**
 * What a PodDisruptionBudget (policy/v1) promises.
 * - `neither`: no field is set; accepted by the API, and no eviction is ever allowed
 * - `invalid`: refused by the API: both fields, or a value that is no count
 */
export type Budget =
  | { readonly form: "limit"; readonly field: BudgetField; readonly amount: IntOrPercent }
  | { readonly form: "neither" }
  | { readonly form: "invalid"; readonly field: BudgetField; readonly why: string };

export function budgetOf(pdb: JsonObject): Budget {
  const spec = specOf(pdb);
  const minAvailable = own(spec, "minAvailable") ?? undefined;
  const maxUnavailable = own(spec, "maxUnavailable") ?? undefined;
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    return { form: "invalid", field: "maxUnavailable", why: "is set beside minAvailable" };
  }
  if (minAvailable !== undefined) return limit("minAvailable", minAvailable);
  if (maxUnavailable !== undefined) return limit("maxUnavailable", maxUnavailable);
  return { form: "neither" };
}

function limit(field: BudgetField, value: unknown): Budget {
  const amount = parseIntOrPercent(value);
  if (amount === undefined) {
    return { form: "invalid", field, why: "is neither a number nor a percentage" };
  }
  if (amount.isPercent && amount.value > 100) {
    return { form: "invalid", field, why: "is more than 100%" };
  }
  return { form: "limit", field, amount };
}

/**
 * How many of `expected` Pods the disruption controller wants healthy. Percentages of both fields
 * round up, so `maxUnavailable: 51%` of 2 gives both away.
 * Source: getExpectedPodCount, pkg/controller/disruption.
 */
export function desiredHealthy(budget: Budget, expected: number): number {
  // Neither field: the controller expects 0 Pods and allows 0 disruptions, whatever runs.
  if (budget.form !== "limit") return expected;
  const amount = scaledValue(budget.amount, expected, "up");
  return budget.field === "minAvailable" ? amount : Math.max(0, expected - amount);
}

/**
 * How many of `expected` healthy Pods may be evicted at once. Negative when the budget wants more
 * than there are, which is how far it is from allowing any.
 */
export function headroom(budget: Budget, expected: number): number {
  return expected - desiredHealthy(budget, expected);
}

/** Allows no eviction however many Pods there are: 0, 100 %, or no field at all. */
export function isNeverEvicting(budget: Budget): boolean {
  if (budget.form !== "limit") return budget.form === "neither";
  const { field, amount } = budget;
  if (field === "maxUnavailable") return amount.value === 0;
  return amount.isPercent && amount.value >= 100;
}

/** Protects nothing however many Pods there are: `minAvailable: 0`, `maxUnavailable: 100%`. */
export function isNeverProtecting(budget: Budget): boolean {
  if (budget.form !== "limit") return false;
  const { field, amount } = budget;
  if (field === "minAvailable") return amount.value === 0;
  return amount.isPercent && amount.value >= 100;
}

/** `minAvailable 2`, `maxUnavailable 51%`. */
export function budgetText(budget: Budget): string {
  if (budget.form !== "limit") return "neither minAvailable nor maxUnavailable";
  return `${budget.field} ${intOrPercentText(budget.amount)}`;
}

/** The selector as written; see `selects`. */
export function budgetSelector(pdb: JsonObject): unknown {
  return own(specOf(pdb), "selector");
}
