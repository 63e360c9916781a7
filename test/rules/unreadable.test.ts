import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClusterView } from "../../src/engine/cluster-view.ts";
import { evaluate } from "../../src/engine/evaluate.ts";
import { messageOf } from "../../src/engine/render.ts";
import type { Subject } from "../../src/engine/subject.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { rawObject, subjectOf, UNREADABLE } from "../support/builders.ts";
import { policyWith } from "../support/policy.ts";

function namespace(layer: string): JsonObject {
  return rawObject("v1", "Namespace", "iam", {
    metadata: { labels: { "policy.keymate.io/layer": layer } },
  });
}

function judge(rule: string, subject: Subject, cluster: ClusterView = UNREADABLE): string[] {
  const { judgements } = evaluate({ policy: policyWith(), cluster, now: 0 }, subject);
  return judgements
    .filter((judgement) => judgement.rule.id === rule)
    .map((judgement) => `${judgement.mode} ${messageOf(judgement)}`);
}

test("a namespace whose contents cannot be read may move, with a warning", () => {
  const subject = subjectOf(namespace("application"), {
    operation: "UPDATE",
    old: namespace("data"),
  });
  const [finding, ...others] = judge("ns-layer-move", subject);
  assert.match(finding ?? "", /^warn namespace iam holds what cannot be read .*not verified/);
  assert.deepEqual(others, []);
});

test("an unknown layer is refused though nothing else can be read", () => {
  const findings = judge("ns-layer-label", subjectOf(namespace("aplication")));
  assert.match(findings.join(), /^enforce /);
});

test("a misplaced component only warns while its namespace cannot be read", () => {
  const metadata = { labels: { "policy.keymate.io/component": "relational-database" } };
  const raw = rawObject("apps/v1", "StatefulSet", "db", {
    namespace: "platform-application",
    metadata,
  });
  assert.match(judge("ns-component-layer", subjectOf(raw)).join(), /^warn .*not verified/);
});
