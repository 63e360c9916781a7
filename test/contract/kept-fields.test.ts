import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { AUDIT_FIELDS, KEPT_FIELDS } from "../../src/adapters/kube/kept-fields.ts";
import { projectionOf } from "../../src/adapters/kube/projection.ts";
import { evaluate } from "../../src/engine/evaluate.ts";
import { planMutation } from "../../src/engine/mutate.ts";
import { lookedUpKinds } from "../../src/engine/rule.ts";
import { StaticView } from "../../src/engine/static-view.ts";
import { type JsonObject, ownString } from "../../src/kubernetes/json.ts";
import { groupKindOf, kindInfo } from "../../src/kubernetes/kinds.ts";
import { RULES } from "../../src/rules/index.ts";
import { auditedKinds, SECRETS } from "../../src/usecases/audited-kinds.ts";
import {
  clusterOf,
  environmentOf,
  type Fixture,
  fixtureFolders,
  fixturesOf,
  subjectOfFixture,
} from "../support/fixtures.ts";
import { policyWith } from "../support/policy.ts";

test("fields are kept of kinds that are looked up, and of no others", () => {
  const kinds = [...lookedUpKinds(RULES), ...auditedKinds(policyWith()).all];
  assert.deepEqual(
    Object.keys(KEPT_FIELDS).filter((kind) => !kinds.includes(kind)),
    [],
  );
});

test("fields are kept for the audit of kinds that it looks up, and of no others", () => {
  const kinds = lookedUpKinds(RULES, "audit", SECRETS);
  assert.deepEqual(
    Object.keys(AUDIT_FIELDS).filter((kind) => !kinds.includes(kind)),
    [],
  );
});

/** What the cache of a live cluster would hold for this rule alone. */
function cached(fixture: Fixture): StaticView {
  const rule = RULES.find(({ id }) => id === fixture.rule);
  const door = fixture.settings.door === "audit" ? "audit" : "admission";
  const kinds = rule === undefined ? [] : lookedUpKinds([rule], door, SECRETS);
  const kept: JsonObject[] = [];
  for (const object of clusterOf(fixture)) {
    const name = groupKindOf(
      ownString(object, "apiVersion") ?? "",
      ownString(object, "kind") ?? "",
    );
    const info = kindInfo(name);
    if (name.startsWith("CustomResourceDefinition.")) kept.push(object);
    else if (info !== undefined && kinds.includes(name))
      kept.push(projectionOf(info, door).project(object));
  }
  return new StaticView(kept);
}

for (const folder of fixtureFolders()) {
  suite(folder, () => {
    for (const fixture of fixturesOf(folder).filter(({ settings }) => settings.door !== "check")) {
      test(`${fixture.name}: a live cache keeps all that it takes`, () => {
        const whole = environmentOf(fixture);
        const cut = { ...whole, cluster: cached(fixture) };
        const subject = subjectOfFixture(fixture);
        assert.deepEqual(
          ownFindings(fixture, evaluate(cut, subject)),
          ownFindings(fixture, evaluate(whole, subject)),
        );
        assert.deepEqual(planMutation(cut, subject).patch, planMutation(whole, subject).patch);
      });
    }
  });
}

function ownFindings({ rule: id }: Fixture, { judgements, faults }: ReturnType<typeof evaluate>) {
  assert.deepEqual(faults, []);
  return judgements
    .filter(({ rule }) => rule.id === id)
    .map(({ finding, mode, preexisting }) => ({ finding, mode, preexisting }));
}
