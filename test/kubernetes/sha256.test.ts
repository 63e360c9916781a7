import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { sha256 } from "../../src/kubernetes/sha256.ts";

test("sha256 is that of everybody, at every length around a block and for any text", () => {
  const expected = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");
  for (let length = 0; length < 200; length++) {
    const text = "é".repeat(length);
    assert.equal(sha256(text), expected(text));
  }
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      assert.equal(sha256(text), expected(text));
    }),
  );
});
