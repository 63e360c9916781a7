import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { suite, test } from "node:test";
import { generate } from "../../scripts/gen/generate.ts";
import { ruleFiles } from "../../scripts/gen/rule-files.ts";
import type { Rule } from "../../src/engine/rule.ts";
import { kindInfo } from "../../src/kubernetes/kinds.ts";
import { RULES } from "../../src/rules/index.ts";
import { FIXTURES, fixtureFolders, fixturesOf } from "../support/fixtures.ts";

/** Of some length, ended by a full stop. */
const SENTENCE = /^\S+ .{20,}[^.\s]\.$/s;

suite("the rule registry", () => {
  test("lists every rule file once, in the order of the practices", () => {
    assert.deepEqual(
      RULES.map(({ id }) => id),
      ruleFiles().map(({ id }) => id),
    );
    assert.equal(new Set(RULES.map(({ id }) => id)).size, RULES.length);
  });

  test("has a rule for every fixture folder", () => {
    const ids = new Set(RULES.map(({ id }) => id));
    assert.deepEqual(
      fixtureFolders().filter((folder) => !ids.has(folder)),
      [],
    );
  });

  test("has files and docs that are not stale", async () => {
    assert.deepEqual(await generate("check"), []);
  });

  test("keeps only fixture folders and the runner in test/rules", () => {
    const files = readdirSync(FIXTURES, { withFileTypes: true }).filter((e) => !e.isDirectory());
    assert.deepEqual(
      files.map(({ name }) => name).filter((name) => !name.endsWith(".test.ts")),
      [],
    );
  });
});

for (const [index, rule] of RULES.entries()) {
  suite(`registered rule ${rule.id}`, () => {
    test("lies in the folder of its practice under its own name", () => {
      const file = ruleFiles()[index];
      assert.deepEqual({ id: rule.id, practice: rule.practice }, pick(file));
    });

    test("says what holds and why, in sentences", () => {
      assert.match(rule.why, SENTENCE);
      assert.match(rule.title, /^[A-Z].*[^.]$/);
      assert.ok(rule.title.length <= 80, "the title is one line");
    });

    test("takes the defaults of its parameters and refuses unknown ones", () => {
      assert.ok(rule.params.safeParse({}).success);
      assert.equal(rule.params.safeParse({ noSuchParameter: 1 }).success, false);
    });

    if (isOfFiles(rule)) {
      test("judges no object: its findings come from reading files", () => {
        assert.deepEqual(rule.doors, ["check"]);
        assert.deepEqual([rule.check, rule.mutate, rule.reads], [undefined, undefined, []]);
      });
      return;
    }

    test("has fixtures for what it passes, finds and fills in", () => {
      const kinds = new Set(fixturesOf(rule.id).map(({ kind }) => kind));
      assert.deepEqual([...kinds].sort(), [...wantedFixtures(rule, kinds)].sort());
    });

    test("names only kinds that the guard knows", () => {
      const named = [...rule.targets.flatMap(({ kinds }) => kinds), ...lookedUp(rule)];
      assert.deepEqual(
        named.filter((kind) => kindInfo(kind) === undefined),
        [],
      );
      assert.equal(new Set(lookedUp(rule)).size, lookedUp(rule).length);
    });

    test("can check or mutate and declares what it reads", () => {
      assert.ok("check" in rule || "mutate" in rule);
      for (const path of rule.reads) assert.match(path, /^(TP|[a-z][A-Za-z]*)([.[].*)?$/);
      assert.ok(rule.reads.length > 0);
    });
  });
}

function pick(file: { id: string; practice: string } | undefined): object {
  return { id: file?.id, practice: file?.practice };
}

/** Without a target there is no object for a fixture to hold: test/usecases/check-files.test.ts. */
function isOfFiles({ targets }: Rule): boolean {
  return targets.length === 0;
}

function lookedUp({ needs, consults = [], auditConsults = [] }: Rule): readonly string[] {
  return [...needs, ...consults, ...auditConsults];
}

/** Rules that only mutate have no finding to show; the rest may show patches of others. */
function wantedFixtures(rule: Rule, present: ReadonlySet<string>): ReadonlySet<string> {
  const wanted = new Set(["check" in rule ? "allow" : "fix"]);
  if ("check" in rule) wanted.add("deny");
  if ("mutate" in rule) wanted.add("fix");
  if (!("check" in rule) && present.has("allow")) wanted.add("allow");
  return wanted;
}
