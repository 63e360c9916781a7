import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { bypassPage } from "../../scripts/gen/bypass.ts";
import { RULES } from "../../src/rules/index.ts";
import { GROUPS } from "../e2e/bypass/tries.ts";

const tries = GROUPS.flatMap((group) => group.tries);

suite("the tries to get past the guard", () => {
  test("have an id each, which no other has", () => {
    const ids = tries.map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id, at) => ids.indexOf(id) !== at || !/^[a-z]+(-[a-z]+)*$/.test(id)),
      [],
    );
  });

  test("name rules that exist", () => {
    const known = new Set(RULES.map(({ id }) => id));
    for (const { id, outcome } of tries) {
      const named =
        outcome.by === "guard" ? outcome.rules : outcome.by === "nobody" ? outcome.warns : [];
      for (const rule of named ?? []) assert.ok(known.has(rule), `${id}: ${rule}`);
      if (outcome.by === "guard") assert.ok(named?.length, id);
    }
  });

  test("are looked at afterwards where they are said to have no effect", () => {
    for (const { id, outcome, verify } of tries) {
      if (outcome.by === "no-effect") assert.ok(verify, id);
    }
  });

  test("are on the page, those that get through once more at its top", () => {
    const page = bypassPage(GROUPS);
    for (const { id, outcome } of tries) {
      const lines = page.split("\n").filter((line) => line.startsWith(`| \`${id}\` `));
      assert.equal(lines.length, outcome.by === "nobody" ? 2 : 1, id);
    }
  });
});
