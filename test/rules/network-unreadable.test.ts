import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate } from "../../src/engine/evaluate.ts";
import { messageOf } from "../../src/engine/render.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { rawObject, type SubjectSettings, subjectOf, UNREADABLE } from "../support/builders.ts";
import { policyWith } from "../support/policy.ts";

function judge(rule: string, raw: JsonObject, settings: SubjectSettings = {}): string {
  const environment = { policy: policyWith(), cluster: UNREADABLE, now: 0 };
  return evaluate(environment, subjectOf(raw, settings))
    .judgements.filter((judgement) => judgement.rule.id === rule)
    .map((judgement) => `${judgement.mode} ${messageOf(judgement)}`)
    .join("\n");
}

test("the last default deny may go with a warning while other policies cannot be read", () => {
  const policy = rawObject("networking.k8s.io/v1", "NetworkPolicy", "default-deny", {
    namespace: "platform-data",
    spec: { podSelector: {}, policyTypes: ["Ingress"] },
  });
  const answer = judge("net-default-deny", policy, { operation: "DELETE" });
  assert.match(answer, /^warn .*not verified/);
});

test("a route into the data layer only warns while namespaces cannot be read", () => {
  const route = rawObject("gateway.networking.k8s.io/v1", "HTTPRoute", "admin", {
    namespace: "platform-application",
    spec: { rules: [{ backendRefs: [{ name: "db", namespace: "platform-data" }] }] },
  });
  assert.match(judge("net-route-to-data", route), /^warn .*not verified/);
});

test("a monitor is said to reach nothing, not verified, while Services cannot be read", () => {
  const monitor = rawObject("monitoring.coreos.com/v1", "ServiceMonitor", "api", {
    namespace: "platform-application",
    spec: { selector: { matchLabels: { app: "api" } }, endpoints: [{ port: "metrics" }] },
  });
  assert.match(judge("mon-scrape-target", monitor), /^warn .*not verified/);
});
