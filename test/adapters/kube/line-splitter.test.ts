import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LineSplitter } from "../../../src/adapters/kube/line-splitter.ts";

const line = fc.string({ minLength: 1, unit: "grapheme" }).filter((text) => !text.includes("\n"));

test("a line splitter finds the same lines however the bytes are cut", () => {
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.integer({ min: 1, max: 9 })), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(""));
      const splitter = new LineSplitter(1000);
      const found: string[] = [];
      for (let start = 0, index = 0; start < bytes.length; index += 1) {
        const end = start + (cuts[index] ?? 7);
        found.push(...splitter.push(bytes.subarray(start, end)));
        start = end;
      }
      assert.deepEqual(found, Buffer.from(lines.join("\n")).toString().split("\n").filter(Boolean));
    }),
  );
});

test("a line splitter refuses a line over the cap, even before it is complete", () => {
  const splitter = new LineSplitter(10);
  assert.deepEqual([...splitter.push(Buffer.from("123456"))], []);
  assert.throws(() => [...splitter.push(Buffer.from("78901"))], RangeError);
});

test("a line splitter skips empty lines", () => {
  assert.deepEqual([...new LineSplitter(10).push(Buffer.from("a\n\nb\n"))], ["a", "b"]);
});
