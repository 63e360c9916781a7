import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { ClusterView } from "../../src/engine/cluster-view.ts";
import { evaluate } from "../../src/engine/evaluate.ts";
import { judgedKinds, lookedUpKinds, type Rule } from "../../src/engine/rule.ts";
import { StaticView } from "../../src/engine/static-view.ts";
import { rawObject, subjectOf } from "../support/builders.ts";
import { badRule, environmentOf, fakePolicy, override } from "../support/fake-rules.ts";

const everywhere = { kinds: ["Deployment.apps"], operations: ["CREATE"] } as const;
const auditHalf = {
  kinds: ["StatefulSet.apps"],
  operations: ["CREATE"],
  doors: ["audit"],
  needs: ["LimitRange"],
} as const;

const halves = badRule("halves", { targets: [everywhere, auditHalf] });

const LIMIT_RANGES_UNREADABLE: ClusterView = Object.assign(new StaticView([]), {
  readability: (kind: string) => (kind === "LimitRange" ? "unreadable" : "readable"),
  reason: () => "limit ranges cannot be read",
});

function bad(kind: string, rule: Rule, optedIn?: ReadonlySet<string>) {
  const raw = rawObject("apps/v1", kind, "api", {
    namespace: "platform-application",
    spec: { bad: "x" },
  });
  const environment = environmentOf([rule], { cluster: LIMIT_RANGES_UNREADABLE });
  const asked = optedIn === undefined ? environment : { ...environment, optedIn };
  return evaluate(asked, subjectOf(raw, { door: "audit" }));
}

suite("what a rule needs for one target", () => {
  test("is looked up at the doors of that target alone", () => {
    assert.ok(!lookedUpKinds([halves]).includes("LimitRange"));
    assert.ok(lookedUpKinds([halves], "audit").includes("LimitRange"));
  });

  test("caps findings of that target alone while it cannot be read", () => {
    const modeOf = (kind: string) => bad(kind, halves).judgements.map(({ mode }) => mode);
    assert.deepEqual(modeOf("Deployment"), ["enforce"]);
    assert.deepEqual(modeOf("StatefulSet"), ["warn"]);
  });

  test("makes its silence not verified while it cannot be read", () => {
    const silent = { ...halves, check: () => [] };
    assert.deepEqual(bad("Deployment", silent).skipped, []);
    assert.deepEqual(
      bad("StatefulSet", silent).skipped.map(({ reason }) => reason),
      ["limit ranges cannot be read"],
    );
  });
});

suite("a rule that rests on kinds that nobody asked for", () => {
  const optIn = { kinds: ["LimitRange"], reason: "only on demand" };
  const onDemand = badRule("demand", { targets: [auditHalf], optIn });

  test("is asked nothing at the audit, of whatever it judges", () => {
    const { judgements, skipped } = bad("StatefulSet", onDemand);
    assert.deepEqual([judgements, skipped], [[], []]);
    assert.equal(bad("StatefulSet", onDemand, new Set(["LimitRange"])).judgements.length, 1);
  });

  test("has them neither looked up nor judged", () => {
    const judging = badRule("j", { targets: [{ ...auditHalf, kinds: ["LimitRange"] }], optIn });
    const none = [...lookedUpKinds([judging], "audit"), ...judgedKinds([judging], "audit")];
    assert.ok(!none.includes("LimitRange"));
    const optedIn = new Set(["LimitRange"]);
    assert.ok(lookedUpKinds([judging], "audit", optedIn).includes("LimitRange"));
    assert.ok(judgedKinds([judging], "audit", optedIn).includes("LimitRange"));
  });
});

suite("a target that takes a mode", () => {
  const strict = badRule("strict", { mode: "audit", targets: [{ ...everywhere, from: "warn" }] });
  const asked = (policy: ReturnType<typeof fakePolicy>) =>
    policy.checksFor("admission", "Deployment.apps", "CREATE").length;
  const inMode = (mode: "audit" | "warn" | "enforce") =>
    fakePolicy([strict], { rules: new Map([["strict", { mode, params: {} }]]) });

  test("is not asked below it", () => assert.equal(asked(inMode("audit")), 0));

  test("is asked in it and in a stricter one", () => {
    assert.deepEqual([asked(inMode("warn")), asked(inMode("enforce"))], [1, 1]);
  });

  test("is asked where an override gives it to somebody", () => {
    const policy = fakePolicy([strict], { overrides: [override("warn")] });
    assert.equal(asked(policy), 1);
  });
});
