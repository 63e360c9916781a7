import assert from "node:assert/strict";
import test from "node:test";
import { complaints, load, loaded, withSpec } from "./support/policies.ts";

const DAY = 24 * 60 * 60 * 1000;

test("an override weaker than the policy needs an end, for the rules that it names only", () => {
  const warn = (rule: string) => withSpec(`  overrides: [{rules: ["${rule}"], mode: warn}]\n`);
  assert.deepEqual(complaints(warn("ha-*")), []);
  assert.deepEqual(complaints(warn("res-*")), [
    "p.yaml:4:15: spec.overrides[0] needs an until date: warn is weaker than enforce, the mode of res-limits-required",
  ]);
});

test("an override that names no rules is held against all of them", () => {
  assert.deepEqual(complaints(withSpec('  overrides: [{namespaces: ["a*"], mode: warn}]\n')), [
    "p.yaml:4:15: spec.overrides[0] needs an until date: warn is weaker than enforce, the mode of res-limits-required",
  ]);
  assert.deepEqual(
    complaints(withSpec('  overrides: [{namespaces: ["a*"], mode: enforce}]\n')),
    [],
  );
});

test("an override is held against the mode that the same file gives a rule", () => {
  const text = withSpec(
    "  rules: {res-default: {mode: audit}}\n  overrides: [{rules: [res-default], mode: audit}]\n",
  );
  assert.deepEqual(complaints(text), []);
});

test("an override needs its end in staging too, where every rule is capped anyway", () => {
  const text = withSpec("  profile: staging\n  overrides: [{rules: [res-default], mode: warn}]\n");
  assert.equal(complaints(text).length, 1);
});

test("until is inclusive: the override holds through the last millisecond of the day in UTC", () => {
  const text = withSpec("  overrides: [{rules: [res-*], mode: warn, until: 2028-02-29}]\n");
  const check = loaded(text).policy.checks[0];
  assert.equal(check?.overrides[0]?.until, Date.UTC(2028, 1, 29) + DAY - 1);
  assert.equal(check?.overrides[0]?.label, "overrides[0] until 2028-02-29");
});

test("until must be a day of the calendar", () => {
  for (const date of ["2027-02-29", "2027-13-01", "2027-00-10", "2027-04-31"]) {
    const text = withSpec(`  overrides: [{rules: [res-*], mode: warn, until: ${date}}]\n`);
    assert.deepEqual(complaints(text), [
      `p.yaml:4:44: spec.overrides[0].until is not in the calendar, found "${date}"`,
    ]);
  }
});

test("an expired override is a warning, from the first millisecond after its last day", () => {
  const text = withSpec("  overrides: [{rules: [res-*], mode: warn, until: 2027-03-31}]\n");
  const end = Date.UTC(2027, 3, 1);
  const during = load(text, end - 1);
  const after = load(text, end);
  assert.deepEqual(during.ok && during.warnings, []);
  assert.deepEqual(after.ok && after.warnings, [
    "spec.overrides[0] ended on 2027-03-31 and no longer applies: remove it",
  ]);
});
