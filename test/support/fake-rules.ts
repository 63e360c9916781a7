import { z } from "zod";
import type { ClusterView } from "../../src/engine/cluster-view.ts";
import type { Environment } from "../../src/engine/environment.ts";
import type { Mode } from "../../src/engine/modes.ts";
import { Policy, type PolicyInput } from "../../src/engine/policy.ts";
import { defineRule, type Finding, type Rule } from "../../src/engine/rule.ts";
import { StaticView } from "../../src/engine/static-view.ts";
import { asObject, own, ownString } from "../../src/kubernetes/json.ts";
import { field, ROOT } from "../../src/kubernetes/location.ts";
import { specOf } from "../../src/kubernetes/object.ts";

/** A rule over Deployments that finds nothing; override what a test is about. */
export function fakeRule(id: string, parts: Partial<Rule> = {}): Rule {
  return defineRule({
    id,
    title: id,
    why: "It is a test.",
    practice: "resources",
    since: "0.1.0",
    targets: [{ kinds: ["Deployment.apps"], operations: ["CREATE", "UPDATE", "DELETE"] }],
    needs: [],
    mode: "enforce",
    reads: ["spec"],
    params: z.object({}),
    ...parts,
  });
}

/** Finds `spec.bad` and repeats its value as the ratchet key. */
export function badRule(id: string, parts: Partial<Rule> = {}): Rule {
  return fakeRule(id, {
    *check({ object }) {
      const value = ownString(specOf(object.raw), "bad");
      if (value !== undefined) yield finding("bad", { key: value });
    },
    ...parts,
  });
}

/** Adds `spec.<key>: "added"` where it is absent. */
export function addingRule(id: string, key: string, parts: Partial<Rule> = {}): Rule {
  return fakeRule(id, {
    mutate({ object }) {
      const spec = asObject(own(object.raw, "spec"));
      if (own(spec, key) !== undefined) return undefined;
      const location = field(ROOT, "spec", key);
      return {
        additions: [{ location, value: "added" }],
        announcement: () => `[${id}] added ${key}`,
      };
    },
    ...parts,
  });
}

export function finding(key: string, parts: Partial<Finding> = {}): Finding {
  return {
    message: `${key} is wrong`,
    fix: `mend ${key}`,
    location: field(ROOT, "spec", key),
    key,
    ...parts,
  };
}

export function fakePolicy(rules: readonly Rule[], parts: Partial<PolicyInput> = {}): Policy {
  const input: PolicyInput = {
    name: "test",
    platform: {
      name: "keymate",
      layers: [
        { name: "data", namespaces: ["platform-data"] },
        { name: "application", namespaces: ["platform-application", "app-*"] },
      ],
      components: new Map(),
      defaults: { resources: { requests: {}, limits: {} }, labels: {} },
    },
    rules: new Map(),
    overrides: [],
    cap: "enforce",
    unlayered: "audit",
    trustedControllers: ["system:serviceaccount:ops:operator"],
    excludedNamespaces: ["kube-system"],
    ...parts,
  };
  return new Policy(input, rules);
}

export function environmentOf(
  rules: readonly Rule[],
  parts: Partial<PolicyInput> & {
    cluster?: ClusterView;
    now?: number;
    expired?: () => boolean;
  } = {},
): Environment {
  const { cluster, now, expired, ...input } = parts;
  return {
    policy: fakePolicy(rules, input),
    cluster: cluster ?? new StaticView([]),
    now: now ?? Date.UTC(2026, 10, 23),
    ...(expired === undefined ? {} : { expired }),
  };
}

export function override(mode: Mode, parts: Partial<PolicyInput["overrides"][number]> = {}) {
  return {
    namespaces: undefined,
    rules: undefined,
    objects: undefined,
    mode,
    until: undefined,
    label: "overrides[0]",
    ...parts,
  };
}
