import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { lookedUpKinds } from "../../src/engine/rule.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { NETWORK_PLUGIN_POLICIES } from "../../src/kubernetes/network-plugin-policy.ts";
import { RULES } from "../../src/rules/index.ts";
import { audit } from "../../src/usecases/audit.ts";
import type { KindAnswer } from "../../src/usecases/audit-view.ts";
import { dumpAnswers } from "../../src/usecases/dump-answers.ts";
import { Snapshot } from "../../src/usecases/snapshot.ts";
import { viewClusterRole } from "../../src/usecases/webhooks/view-role.ts";
import { rawObject } from "../support/builders.ts";
import { policyWith } from "../support/policy.ts";

const DATA = "platform-data";
const ID = "net-default-deny";
const CILIUM = "CiliumNetworkPolicy.cilium.io";

const PLATFORM = [
  rawObject("v1", "Namespace", DATA, {}),
  rawObject("v1", "Pod", "redis", { namespace: DATA, spec: { containers: [] } }),
];

function reportOf(objects: readonly JsonObject[], answers: Record<string, KindAnswer> = {}) {
  const policy = policyWith();
  const snapshot = new Snapshot({ policy, namespaces: [], project: (_, object) => object });
  for (const object of [...PLATFORM, ...objects]) snapshot.add(object);
  const known = dumpAnswers(snapshot.view, snapshot.kinds.all);
  const all = new Map([...known, ...Object.entries(answers)]);
  return audit(snapshot, all, { policy, namespaces: [], now: 0 }).report;
}

/** What the rule says: findings, and why it is silent. */
function saidOf(objects: readonly JsonObject[], answers?: Record<string, KindAnswer>) {
  const { findings, skipped } = reportOf(objects, answers);
  return {
    findings: findings.filter(({ rule }) => rule === ID).map(({ message }) => message),
    skipped: skipped.filter(({ rule }) => rule === ID).map(({ reason }) => reason),
  };
}

const BARE = `no NetworkPolicy denies by default in data namespace ${DATA}`;
const ISOLATING = { endpointSelector: {}, ingress: [{}] };

const ciliumPolicy = (spec: JsonObject) =>
  rawObject("cilium.io/v2", "CiliumNetworkPolicy", "isolation", { namespace: DATA, spec });

suite("the audit of default denies", () => {
  test("is not verified for a namespace that a policy of Cilium governs, and names that", () => {
    const reason = `${CILIUM} isolation selects every Pod of namespace ${DATA}, and what it lets in is not read`;
    assert.deepEqual(saidOf([ciliumPolicy(ISOLATING)]), { findings: [], skipped: [reason] });
    const line = reportOf([ciliumPolicy(ISOLATING)]).readiness?.find(
      ({ id }) => id === "network-policies",
    );
    assert.ok(line?.notVerified?.includes(reason));
  });

  test("finds a namespace bare whose policies of Cilium are about some Pods", () => {
    const some = ciliumPolicy({ ...ISOLATING, endpointSelector: { matchLabels: { app: "x" } } });
    assert.deepEqual(saidOf([some]), { findings: [BARE], skipped: [] });
  });

  test("is verified by a NetworkPolicy, whatever else governs the namespace", () => {
    const deny = rawObject("networking.k8s.io/v1", "NetworkPolicy", "deny", {
      namespace: DATA,
      spec: { podSelector: {}, policyTypes: ["Ingress"] },
    });
    assert.deepEqual(saidOf([deny, ciliumPolicy(ISOLATING)]), { findings: [], skipped: [] });
  });

  test("is not verified where policies of Cilium may be but cannot be read", () => {
    const reason = "needs permission to list ciliumnetworkpolicies.cilium.io";
    assert.deepEqual(saidOf([], { [CILIUM]: { state: "unreadable", reason } }), {
      findings: [],
      skipped: [reason],
    });
  });

  test("is the only one to read such policies: the guard neither watches nor may read them", () => {
    const kinds = [...NETWORK_PLUGIN_POLICIES.keys()];
    const inAudit = new Set(lookedUpKinds(RULES, "audit"));
    assert.deepEqual(
      kinds.filter((kind) => !inAudit.has(kind)),
      [],
    );
    const atAdmission = new Set(lookedUpKinds(RULES, "admission"));
    assert.deepEqual(
      kinds.filter((kind) => atAdmission.has(kind)),
      [],
    );
    assert.doesNotMatch(JSON.stringify(viewClusterRole(RULES)), /cilium|calico/);
  });
});
