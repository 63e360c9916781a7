import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { JsonScan } from "../../../src/adapters/http/json-scan.ts";

const WIDE = { depth: 10_000, values: 1_000_000 };

/** The text that is kept of these chunks; the scan writes into what it gets. */
function kept(chunks: readonly Buffer[], scan = new JsonScan(WIDE)): string {
  const parts = chunks.map((chunk) => Buffer.from(scan.add(Buffer.from(chunk))));
  return Buffer.concat([...parts, scan.end()]).toString("utf8");
}

function problemOf(text: string, limits: Partial<typeof WIDE>): string | undefined {
  const scan = new JsonScan({ ...WIDE, ...limits });
  scan.add(Buffer.from(text));
  return scan.problem;
}

/** JSON as Go writes it: for HTML, or with more or less of it escaped. */
const goJson = fc.tuple(fc.jsonValue({ maxDepth: 4 }), fc.boolean()).map(([value, all]) => {
  const escapes: Record<string, string> = { "<": "\\u003c", ">": "\\u003e", "&": "\\u0026" };
  const text = JSON.stringify(value);
  return all ? text.replace(/[<>&]/g, (c) => escapes[c] ?? c) : text;
});

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length];
  cuts.sort((a, b) => a - b);
  return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
}

describe("JsonScan", () => {
  test("keeps the value of any JSON, wherever its chunks end", () => {
    const trap = fc.constantFrom(
      '"\\\\u003c"',
      '"\\"\\u003c"',
      '"\\u003C\\u00e9\\\\\\u0026"',
      '"<"',
    );
    fc.assert(
      fc.property(fc.oneof(goJson, trap), fc.array(fc.nat(), { maxLength: 6 }), (text, places) => {
        const chunks = cutAt(Buffer.from(text), places);
        assert.deepEqual(JSON.parse(kept(chunks)), JSON.parse(text));
      }),
    );
  });

  test("makes one byte of each escape that Go writes for HTML, and keeps the others", () => {
    assert.equal(kept([Buffer.from('["\\u003c\\u003e\\u0026\\u0001\\n"]')]), '["<>&\\u0001\\n"]');
    assert.equal(kept([Buffer.from('"\\\\u003c"')]), '"\\\\u003c"');
  });

  test("keeps what is no JSON as it came, escapes without an end included", () => {
    for (const text of ["", "{", '"\\', '"\\u00', '"\\u003', "\\u003c", '"\\u00zz"']) {
      assert.equal(kept([Buffer.from(text)]), text);
    }
  });

  test("allows the depth limit itself and nothing deeper", () => {
    const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    assert.equal(problemOf(deep(10), { depth: 10 }), undefined);
    assert.equal(problemOf(deep(11), { depth: 10 }), "too-deep");
    assert.equal(problemOf(`[${"[],".repeat(50)}[]]`, { depth: 3 }), undefined, "levels");
  });

  test("ignores brackets and commas in strings, after escaped quotes too", () => {
    const text = JSON.stringify({ a: `"${"[{,".repeat(50)}\\`, b: ["[,".repeat(50)] });
    assert.equal(problemOf(text, { depth: 3, values: 5 }), undefined);
  });

  test("counts at least as many values as the parser makes, but for one", () => {
    const count = (value: unknown): number =>
      typeof value === "object" && value !== null
        ? Object.values(value).reduce<number>((sum, child) => sum + count(child), 1)
        : 1;
    fc.assert(
      fc.property(goJson, (text) => {
        const scan = new JsonScan(WIDE);
        scan.add(Buffer.from(text));
        return scan.values + 1 >= count(JSON.parse(text));
      }),
    );
    assert.equal(problemOf("[1,2,3]", { values: 3 }), undefined);
    assert.equal(problemOf("[1,2,3,4]", { values: 3 }), "too-many-values");
  });
});
