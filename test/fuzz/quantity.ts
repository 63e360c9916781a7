import assert from "node:assert/strict";
import {
  addQuantities,
  compareQuantities,
  parseQuantity,
  roundUpToMilli,
} from "../../src/kubernetes/quantity.ts";
import type { Target } from "./target.ts";

/** Any text as a quantity: none, or one that is ordered as numbers are. */
export const target: Target = {
  dictionary: [
    "m",
    "k",
    "Ki",
    "Mi",
    "Gi",
    "Ei",
    "n",
    "u",
    "e3",
    "E-9",
    ".",
    "+",
    "-",
    "0",
    "9999999999999999999",
  ],
  run(input) {
    const [left = "", right = ""] = input.toString("utf8").split("\n");
    const a = parseQuantity(left);
    const b = parseQuantity(right);
    if (a === undefined || b === undefined) return;
    const order = compareQuantities(a, b);
    assert.equal(compareQuantities(b, a), -order || 0);
    assert.equal(compareQuantities(a, a), 0);
    assert.equal(compareQuantities(addQuantities(a, b), addQuantities(b, a)), 0);
    const size = ({ nano }: typeof a) => (nano < 0n ? -nano : nano);
    assert.ok(size(roundUpToMilli(a)) >= size(a), "away from zero");
  },
};
