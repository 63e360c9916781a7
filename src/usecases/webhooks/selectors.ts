import { LAYER_LABEL } from "../../engine/platform.ts";
import type { Policy } from "../../engine/policy.ts";

/** Forced by the API server, so nobody can label a namespace out of it. */
const NAMESPACE_NAME = "kubernetes.io/metadata.name";

export interface Requirement {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values?: readonly string[];
}

export interface NamespaceSelector {
  readonly matchExpressions: readonly Requirement[];
}

/** The three kinds of namespace, which do not overlap, so that no request is sent twice. */
export interface NamespaceSelectors {
  /** Carries a layer label. */
  readonly labelled: NamespaceSelector;
  /** Named exactly by the policy, without a label; undefined when the policy names none. */
  readonly named: NamespaceSelector | undefined;
  /** Every other one; a policy's globs are resolved by the guard among these. */
  readonly others: NamespaceSelector;
  /** All but the excluded. */
  readonly any: NamespaceSelector;
  readonly hasGlobs: boolean;
}

/** Whatever a policy says: a cluster cannot start, or heal, while these wait for anybody. */
const VITAL = ["kube-system", "kube-public", "kube-node-lease"];

/** The namespaces that no entry but the probe's may reach. */
export function neverIntercepted(policy: Policy, own: string): readonly string[] {
  return [...new Set([own, ...VITAL, ...policy.excludedNamespaces])];
}

export function namespaceSelectors(
  policy: Policy,
  excluded: readonly string[],
): NamespaceSelectors {
  const patterns = policy.platform.layers.flatMap(({ namespaces }) => namespaces);
  const exact = patterns.filter((name) => !name.includes("*") && !excluded.includes(name));
  const notExcluded = requirement("NotIn", [...excluded].sort());
  const labelled = { key: LAYER_LABEL, operator: "Exists" } as const;
  const unlabelled = { key: LAYER_LABEL, operator: "DoesNotExist" } as const;
  return {
    labelled: { matchExpressions: [labelled, notExcluded] },
    named:
      exact.length === 0
        ? undefined
        : { matchExpressions: [unlabelled, requirement("In", [...exact].sort())] },
    others: {
      matchExpressions: [unlabelled, requirement("NotIn", [...excluded, ...exact].sort())],
    },
    any: { matchExpressions: [notExcluded] },
    hasGlobs: patterns.some((name) => name.includes("*")),
  };
}

export function onlyNamespace(name: string): NamespaceSelector {
  return { matchExpressions: [requirement("In", [name])] };
}

function requirement(operator: "In" | "NotIn", values: readonly string[]): Requirement {
  return { key: NAMESPACE_NAME, operator, values: [...new Set(values)] };
}
