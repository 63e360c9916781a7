import assert from "node:assert/strict";
import { test } from "node:test";
import { decideMutation, decideValidation } from "../../src/engine/decide.ts";
import type { Evaluation, Judgement } from "../../src/engine/judgement.ts";
import { rawObject, subjectOf } from "../support/builders.ts";
import { fakeRule, finding } from "../support/fake-rules.ts";

const KEYMATE = { name: "keymate", id: "keymate@1234" };

const subject = subjectOf(
  rawObject("apps/v1", "Deployment", "api", { namespace: "platform-application" }),
);

function judgement(key: string, parts: Partial<Judgement> = {}): Judgement {
  return {
    rule: fakeRule("some-rule"),
    mode: "enforce",
    finding: finding(key),
    preexisting: false,
    ...parts,
  };
}

function evaluation(judgements: readonly Judgement[], parts: Partial<Evaluation> = {}): Evaluation {
  return { judgements, skipped: [], faults: [], incomplete: false, ...parts };
}

test("a denial has a summary line and one line per finding, in order of rule and path", () => {
  const decision = decideValidation(
    subject,
    evaluation([judgement("b"), judgement("a")]),
    KEYMATE,
    "deny",
  );
  assert.equal(decision.allowed, false);
  assert.equal(decision.outcome, "denied");
  assert.equal(
    decision.message,
    [
      "Deployment platform-application/api is refused by policy keymate: 2 findings",
      "[some-rule] a is wrong — fix: mend a (spec.a)",
      "[some-rule] b is wrong — fix: mend b (spec.b)",
    ].join("\n"),
  );
});

test("a denial lists twenty findings and counts the rest", () => {
  const many = Array.from({ length: 23 }, (_, index) => judgement(`k${index}`));
  const lines = decideValidation(subject, evaluation(many), KEYMATE, "deny").message?.split("\n");
  assert.equal(lines?.length, 22);
  assert.equal(lines?.at(-1), "and 3 more");
});

test("warnings go with denials too, audit findings into the annotations", () => {
  const decision = decideValidation(
    subject,
    evaluation([
      judgement("a"),
      judgement("b", { mode: "warn" }),
      judgement("c", { mode: "audit", exemptedBy: "overrides[0] until 2027-03-31" }),
    ]),
    KEYMATE,
    "deny",
  );
  assert.deepEqual(decision.warnings, ["[some-rule] b is wrong — fix: mend b (spec.b)"]);
  assert.deepEqual(decision.annotations, {
    policy: "keymate@1234",
    findings: "some-rule spec.c: c is wrong",
    exempted: "some-rule by overrides[0] until 2027-03-31",
  });
});

test("a silenced finding leaves its exemption in the annotations and nothing else", () => {
  const silenced = judgement("a", { mode: "off", exemptedBy: "overrides[0] until 2027-03-31" });
  const decision = decideValidation(subject, evaluation([silenced]), KEYMATE, "deny");
  assert.equal(decision.outcome, "allowed");
  assert.deepEqual([decision.warnings, decision.findings], [[], []]);
  assert.deepEqual(decision.annotations, {
    policy: "keymate@1234",
    exempted: "some-rule by overrides[0] until 2027-03-31",
  });
});

test("earlier findings never deny and are summed up in one warning", () => {
  const earlier = [judgement("a"), judgement("b")].map((one) => ({ ...one, preexisting: true }));
  const decision = decideValidation(subject, evaluation(earlier), KEYMATE, "deny");
  assert.equal(decision.allowed, true);
  assert.equal(decision.warnings.length, 1);
  assert.match(decision.warnings[0] ?? "", /still has 2 findings that were there before/);
});

test("what was not verified and what admission would add is said in the line itself", () => {
  const decision = decideValidation(
    subject,
    evaluation([
      judgement("a", { wouldAdd: { value: "2Gi", enforced: true } }),
      judgement("b", { mode: "warn", notVerified: "cache not synced" }),
    ]),
    KEYMATE,
    "deny",
  );
  assert.match(decision.message ?? "", /a is wrong; admission would add 2Gi — fix/);
  assert.match(decision.warnings[0] ?? "", /b is wrong \(not verified: cache not synced\) — fix/);
});

test("a fault of an enforcing rule denies or warns as the calling entry would fail", () => {
  const fault = { rule: fakeRule("broken"), mode: "enforce" as const, error: new Error("bug") };
  const faulty = evaluation([], { faults: [fault] });
  const strict = decideValidation(subject, faulty, KEYMATE, "deny");
  assert.equal(strict.allowed, false);
  assert.equal(strict.outcome, "error");
  assert.match(strict.message ?? "", /keymate-guard is at fault\n\[broken\] not judged/);
  const lenient = decideValidation(subject, faulty, KEYMATE, "allow");
  assert.equal(lenient.allowed, true);
  assert.match(lenient.warnings[0] ?? "", /\[broken\] not judged/);
});

test("a fault of a rule that would only warn never denies", () => {
  const fault = { rule: fakeRule("broken"), mode: "warn" as const, error: new Error("bug") };
  const decision = decideValidation(subject, evaluation([], { faults: [fault] }), KEYMATE, "deny");
  assert.equal(decision.allowed, true);
});

test("running out of time denies on the strict path and asks to retry", () => {
  const late = evaluation([], { incomplete: true });
  assert.match(
    decideValidation(subject, late, KEYMATE, "deny").message ?? "",
    /ran out of time .*; retry/,
  );
  assert.equal(decideValidation(subject, late, KEYMATE, "allow").allowed, true);
});

test("a mutation that failed its own check is never sent", () => {
  const decision = decideMutation({
    patch: [{ op: "add", path: "/a", value: "x" }],
    announcements: [],
    rules: [],
    fault: { where: "patch", error: new Error("bug") },
  });
  assert.equal(decision.patch, undefined);
  assert.equal(decision.allowed, true);
  assert.equal(decision.outcome, "error");
});

test("a mutation that ran out of time is allowed as it is, and says so", () => {
  const decision = decideMutation({ patch: [], announcements: [], rules: [], incomplete: true });
  assert.equal(decision.patch, undefined);
  assert.deepEqual([decision.allowed, decision.outcome], [true, "error"]);
  assert.deepEqual(decision.faults, ["deadline"]);
  assert.match(decision.warnings.join(), /ran out of time/);
});

test("a name with line ends in it starts no line of its own, and a long one displaces no other", () => {
  const evil = `a\n[other-rule] forged\r\u2028${"x".repeat(100_000)}`;
  const named = subjectOf(rawObject("apps/v1", "Deployment", evil, { namespace: "a\nb" }));
  const { message = "" } = decideValidation(
    named,
    evaluation([judgement(evil), judgement("b")]),
    KEYMATE,
    "deny",
  );
  const lines = message.split("\n");
  assert.equal(lines.length, 3);
  assert.ok(lines.every((line) => !line.startsWith("[other-rule]") && line.length < 1_100));
});
