import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Environment } from "../../src/engine/environment.ts";
import { judgedKinds, lookedUpKinds } from "../../src/engine/rule.ts";
import { StaticView } from "../../src/engine/static-view.ts";
import { unheardRules } from "../../src/engine/unheard.ts";
import { RULES } from "../../src/rules/index.ts";
import { UsageReadings } from "../../src/usecases/usage-readings.ts";
import { rawObject } from "../support/builders.ts";
import { policyWith } from "../support/policy.ts";

function reasons(environment: Partial<Environment>): Map<string, string> {
  const whole = { policy: policyWith(), cluster: new StaticView([]), now: 0, ...environment };
  return new Map([...unheardRules(whole, "audit")].map(({ rule, reason }) => [rule.id, reason]));
}

/** As many readings of one Pod. */
function readings(count: number): UsageReadings {
  const usage = new UsageReadings(3);
  for (let index = 0; index < count; index++) {
    usage.add([
      rawObject("metrics.k8s.io/v1beta1", "PodMetrics", "api", { timestamp: `${index}` }),
    ]);
  }
  return usage;
}

suite("rules that have nothing to say in a pass", () => {
  test("are those of opt-in kinds and of metrics, in an audit that looks once", () => {
    const found = reasons({});
    assert.deepEqual(
      [...found.keys()],
      ["res-usage-near-limit", "secret-external", "secret-rotation"],
    );
    assert.match(found.get("secret-rotation") ?? "", /^Secrets are only listed where/);
    assert.match(found.get("res-usage-near-limit") ?? "", /^it takes 3 readings .* there are 0:/);
  });

  test("are none once Secrets are asked for and the metrics were read often enough", () => {
    const optedIn = new Set(["Secret"]);
    assert.deepEqual([...reasons({ optedIn, usage: readings(3) })], []);
    assert.match(
      reasons({ optedIn, usage: readings(1) }).get("res-usage-near-limit") ?? "",
      /there is 1:/,
    );
  });

  test("are not those that the policy turns off", () => {
    const policy = policyWith({ rules: { "secret-rotation": { mode: "off" } } });
    assert.equal(reasons({ policy }).has("secret-rotation"), false);
  });
});

suite("kinds by door", () => {
  const guard = lookedUpKinds(RULES);
  const audit = lookedUpKinds(RULES, "audit");

  test("that only the audit looks up are none of the guard's", () => {
    const kinds = ["ConfigMap", "Node", "PeerAuthentication.security.istio.io", "ResourceQuota"];
    for (const kind of [...kinds, "Restore.velero.io"]) {
      assert.ok(audit.includes(kind), kind);
      assert.ok(!guard.includes(kind), kind);
    }
  });

  test("that are opt-in are judged and looked up where they are asked for, by the audit alone", () => {
    assert.ok(!judgedKinds(RULES, "audit").includes("Secret"));
    assert.ok(judgedKinds(RULES, "audit", new Set(["Secret"])).includes("Secret"));
    assert.ok(![...guard, ...audit].includes("Secret"));
    assert.ok(lookedUpKinds(RULES, "audit", new Set(["Secret"])).includes("Secret"));
  });
});
