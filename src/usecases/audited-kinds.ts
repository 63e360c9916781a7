import type { Check, Policy } from "../engine/policy.ts";
import type { GroupKind } from "../kubernetes/kinds.ts";
import { STAMPED_KINDS } from "./created-subject.ts";
import { LINES } from "./readiness/lines.ts";

/** Which kinds an audit under a policy has to read. */
export interface AuditedKinds {
  /** To be read first, namespaces before all others. */
  readonly owners: readonly GroupKind[];
  /** To be read last: most of them belong to something that was read before. */
  readonly stamped: readonly GroupKind[];
  /** Both, in this order. */
  readonly all: readonly GroupKind[];
  /** Objects that are judged; the others are only looked up. */
  readonly judged: ReadonlySet<GroupKind>;
}

/** Whatever a rule may say about them: an audit reads no secret values. */
const NEVER: ReadonlySet<GroupKind> = new Set(["Secret"]);

export function auditedKinds(policy: Policy): AuditedKinds {
  const judged = new Set<GroupKind>();
  const evidence = LINES.flatMap(({ oneOf, alsoReads = [] }) => [...oneOf.flat(), ...alsoReads]);
  const lookedUp: GroupKind[] = ["Namespace", ...evidence];
  for (const check of policy.checks.filter(speaksInAudits)) {
    const { targets, needs, consults = [] } = check.rule;
    lookedUp.push(...needs, ...consults);
    for (const { kinds, operations, subresource = "" } of targets) {
      if (subresource !== "" || !operations.includes("CREATE")) continue;
      for (const kind of kinds) judged.add(kind);
    }
  }
  for (const kind of NEVER) judged.delete(kind);
  const owners = [...new Set([...lookedUp, ...judged])].filter(
    (kind) => !STAMPED_KINDS.includes(kind) && !NEVER.has(kind),
  );
  return { owners, stamped: STAMPED_KINDS, all: [...owners, ...STAMPED_KINDS], judged };
}

/** Unless the policy switches it off, and nothing switches it on again. */
export function speaksInAudits({ rule, mode, overrides }: Check): boolean {
  if (rule.check === undefined || rule.doors?.includes("audit") === false) return false;
  return mode !== "off" || overrides.some((override) => override.mode !== "off");
}
