import assert from "node:assert/strict";
import { test } from "node:test";
import {
  countText,
  type Entry,
  isWanted,
  type Wanted,
  wordsOf,
} from "../../../../src/adapters/output/html/browser/match.ts";

const ENTRY: Entry = {
  mode: "warn",
  practice: "resources",
  rule: "res-zero",
  namespace: "platform-data",
  object: "o3",
  text: () => "container api has no memory limit",
};

const ALL: Wanted = {
  modes: ["enforce", "warn", "audit"],
  practice: "",
  rule: "",
  namespace: "",
  objects: undefined,
  words: [],
};

test("words are lower case, quotes keep a phrase together, an open quote runs to the end", () => {
  assert.deepEqual(wordsOf('  Memory "No Limit" x'), ["memory", "no limit", "x"]);
  assert.deepEqual(wordsOf('a"b c'), ["a", "b c"]);
  assert.deepEqual(wordsOf('"" " " "'), []);
});

test("a finding is wanted when every choice holds it", () => {
  assert.equal(isWanted(ENTRY, ALL), true);
  const mine: Partial<Wanted> = {
    modes: ["warn"],
    practice: "resources",
    rule: "res-zero",
    namespace: "platform-data",
    objects: ["o1", "o3"],
    words: ["memory", "no"],
  };
  assert.equal(isWanted(ENTRY, { ...ALL, ...mine }), true);
  const others: readonly Partial<Wanted>[] = [
    { modes: [] },
    { practice: "backup" },
    { rule: "res-zer" },
    { namespace: "platform" },
    { objects: [] },
    { words: ["memory", "cpu"] },
  ];
  for (const other of others) {
    assert.equal(isWanted(ENTRY, { ...ALL, ...mine, ...other }), false, JSON.stringify(other));
  }
});

test("the text of a finding is not asked for without a search", () => {
  const silent = { ...ENTRY, text: () => assert.fail("asked") };
  assert.equal(isWanted(silent, ALL), true);
});

test("the count says how many of how many", () => {
  assert.equal(countText(3, 3), "3 findings");
  assert.equal(countText(1, 1), "1 finding");
  assert.equal(countText(0, 12), "0 of 12 findings");
});
