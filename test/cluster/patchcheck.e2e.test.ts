import assert from "node:assert/strict";
import { test } from "node:test";
import { checkPatches } from "./patchcheck.ts";

const ops = (...list: object[]) => JSON.stringify(list);

test("patchcheck applies a good patch and refuses a bad one", async () => {
  const answers = await checkPatches([
    { id: "good", doc: '{"a":1}', patch: ops({ op: "add", path: "/b", value: [] }) },
    { id: "bad", doc: '{"a":1}', patch: ops({ op: "add", path: "/b/c", value: 1 }) },
  ]);
  assert.deepEqual(answers[0], { id: "good", ok: true, result: '{"a":1,"b":[]}' });
  assert.partialDeepStrictEqual(answers[1], { id: "bad", ok: false, stage: "apply" });
  assert.match(answers[1]?.error ?? "", /missing path/);
});

test("patchcheck shows numbers and odd ids as they were written", async () => {
  const id = 'quote",\n"result":';
  const doc = '{\n "big": 9007199254740993, "one": 1.0, "huge": 1e400\n}';
  const [answer] = await checkPatches([{ id, doc, patch: "[]" }]);
  assert.deepEqual(answer, {
    id,
    ok: true,
    result: '{"big":9007199254740993,"huge":1e400,"one":1.0}',
  });
});

test("patchcheck answers a panic of the library and goes on", async () => {
  // The library compares the members of arrays without a look at null.
  const doc = '{"list":[null]}';
  const patch = ops({ op: "test", path: "/list", value: [null] });
  const answers = await checkPatches([
    { id: "1", doc, patch },
    { id: "2", doc: "{}", patch: "[]" },
  ]);
  assert.partialDeepStrictEqual(answers, [
    { id: "1", ok: false, stage: "panic" },
    { id: "2", ok: true },
  ]);
});

test("patchcheck keeps up with many cases", async () => {
  const patch = ops({ op: "replace", path: "/spec/x", value: "y".repeat(500) });
  const cases = Array.from({ length: 10_000 }, (_, i) => ({
    id: String(i),
    doc: '{"spec":{"x":1}}',
    patch,
  }));
  const answers = await checkPatches(cases);
  assert.equal(answers.filter(({ ok }) => ok).length, cases.length);
});
