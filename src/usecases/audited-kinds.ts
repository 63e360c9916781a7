import type { Check, Policy } from "../engine/policy.ts";
import { judgedKinds, judgesAt, lookedUpKinds, type Rule } from "../engine/rule.ts";
import type { GroupKind } from "../kubernetes/kinds.ts";
import { STAMPED_KINDS } from "./created-subject.ts";
import { LINES } from "./readiness/lines.ts";

/** Which kinds an audit has to read. */
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

/** Read on demand, and then without anything but metadata: an audit reads no secret values. */
export const SECRETS: ReadonlySet<GroupKind> = new Set(["Secret"]);

const NONE: ReadonlySet<GroupKind> = new Set();

/** What a setting asks for. */
export function optedInBy(settings: {
  readonly readSecretMetadata: boolean;
}): ReadonlySet<GroupKind> {
  return settings.readSecretMetadata ? SECRETS : NONE;
}

export function auditedKinds(policy: Policy, optedIn = NONE): AuditedKinds {
  const rules = policy.checks.filter(speaksInAudits).map(({ rule }) => rule);
  return kindsReadFor(rules, optedIn);
}

/** Whatever a policy may make of these rules. */
export function kindsReadFor(rules: readonly Rule[], optedIn = NONE): AuditedKinds {
  const judged = new Set(
    judgedKinds(rules, "audit", optedIn).filter(
      (kind) => isRead(kind, optedIn) && rules.some((rule) => judgesAt(rule, "audit", kind)),
    ),
  );
  const evidence = LINES.flatMap(({ oneOf, alsoReads = [] }) => [...oneOf.flat(), ...alsoReads]);
  const lookedUp = [...lookedUpKinds(rules, "audit", optedIn), ...evidence];
  const owners = [...new Set([...lookedUp, ...judged])].filter(
    (kind) => !STAMPED_KINDS.includes(kind) && isRead(kind, optedIn),
  );
  return { owners, stamped: STAMPED_KINDS, all: [...owners, ...STAMPED_KINDS], judged };
}

function isRead(kind: GroupKind, optedIn: ReadonlySet<GroupKind>): boolean {
  return !SECRETS.has(kind) || optedIn.has(kind);
}

/** Unless the policy switches it off, and nothing switches it on again. */
export function speaksInAudits({ rule, mode, overrides }: Check): boolean {
  if (rule.check === undefined || rule.doors?.includes("audit") === false) return false;
  return mode !== "off" || overrides.some((override) => override.mode !== "off");
}
