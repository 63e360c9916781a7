import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { suite, test } from "node:test";
import { evaluate } from "../../src/engine/evaluate.ts";
import type { Judgement } from "../../src/engine/judgement.ts";
import { planMutation } from "../../src/engine/mutate.ts";
import { applyOperations } from "../../src/engine/patch.ts";
import { messageOf } from "../../src/engine/render.ts";
import { pathOf, pointerOf } from "../../src/kubernetes/location.ts";
import {
  environmentOf,
  type Fixture,
  fixtureFolders,
  fixturesOf,
  judgedDocument,
  subjectOfFixture,
  surplusFiles,
} from "../support/fixtures.ts";

/** UPDATE=1 rewrites the expectations; review the difference. */
const UPDATE = process.env.UPDATE === "1";

for (const rule of fixtureFolders()) {
  suite(`rule ${rule}`, () => {
    for (const fixture of fixturesOf(rule)) test(fixture.name, () => prove(fixture));
    test("has no surplus fixture files", () => assert.deepEqual(surplusFiles(rule), []));
  });
}

function prove(fixture: Fixture): void {
  if (fixture.kind === "allow") assert.deepEqual(findingsOf(fixture), []);
  else if (fixture.kind === "deny") proveDenial(fixture);
  else proveFix(fixture);
}

function proveDenial(fixture: Fixture): void {
  const findings = findingsOf(fixture);
  assert.ok(findings.length > 0, "no finding");
  compare(fixture, findings);
}

/** The plan is what is expected, applies, and leaves nothing to do for a second run. */
function proveFix(fixture: Fixture): void {
  const environment = environmentOf(fixture);
  const object = judgedDocument(fixture);
  const plan = planMutation(environment, subjectOfFixture(fixture));
  assert.equal(plan.fault, undefined);
  const patched = applyOperations(object, plan.patch);
  const again = planMutation(environment, subjectOfFixture(fixture, patched));
  assert.deepEqual(again.patch, []);
  compare(fixture, { patch: plan.patch, warnings: plan.announcements });
}

function findingsOf(fixture: Fixture): object[] {
  const { judgements, faults } = evaluate(environmentOf(fixture), subjectOfFixture(fixture));
  for (const { rule, error } of faults) throw new Error(`${rule.id} threw`, { cause: error });
  return judgements.filter(({ rule }) => rule.id === fixture.rule).map(summaryOf);
}

function summaryOf(judgement: Judgement): object {
  const { rule, mode, finding, preexisting, wouldAdd } = judgement;
  return {
    rule: rule.id,
    mode,
    message: messageOf(judgement),
    fix: finding.fix,
    path: pathOf(finding.location),
    pointer: pointerOf(finding.location),
    ...(preexisting ? { preexisting } : {}),
    ...(wouldAdd === undefined ? {} : { wouldAdd }),
  };
}

function compare({ expectedFile }: Fixture, actual: unknown): void {
  if (UPDATE) writeFileSync(expectedFile, `${JSON.stringify(actual, null, 2)}\n`);
  assert.ok(existsSync(expectedFile), `${expectedFile} is missing; UPDATE=1 writes it`);
  assert.deepEqual(actual, JSON.parse(readFileSync(expectedFile, "utf8")));
}
