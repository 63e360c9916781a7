import assert from "node:assert/strict";
import test from "node:test";
import { didYouMean, suggest } from "../../src/config/suggest.ts";

const words = ["port", "opsPort", "policy", "certDir"];

test("a suggestion forgives a slip, swapped letters, case and separators", () => {
  assert.equal(suggest("polcy", words), "policy");
  assert.equal(suggest("prot", words), "port");
  assert.equal(suggest("OPS_PORT", words), "opsPort");
  assert.equal(suggest("cert-dir", words), "certDir");
});

test("a suggestion is not made for a word that is far from all", () => {
  assert.equal(suggest("kubernetes", words), undefined);
  assert.equal(suggest("x".repeat(10_000), words), undefined);
  assert.equal(didYouMean("kubernetes", words), "");
});
