import type { z } from "zod";
import type { JsonObject } from "../kubernetes/json.ts";
import type { GroupKind } from "../kubernetes/kinds.ts";
import type { Location } from "../kubernetes/location.ts";
import { REVISION_KINDS } from "../kubernetes/revision.ts";
import type { ClusterView } from "./cluster-view.ts";
import type { Mode } from "./modes.ts";
import type { Once } from "./once.ts";
import type { Platform } from "./platform.ts";
import type { RecentUpgrades } from "./recent-upgrades.ts";
import type { Door, Judged, Operation, Subject } from "./subject.ts";
import type { UsageHistory } from "./usage.ts";

/** The guide's eight practices in its order, then what keeps the guard itself honest. */
export const PRACTICES = [
  "high-availability",
  "resources",
  "monitoring",
  "backup",
  "upgrades",
  "namespaces",
  "secrets",
  "network",
  "operations",
] as const;

export type Practice = (typeof PRACTICES)[number];

/** What a rule judges; becomes a rule of the webhook configuration. */
export interface Target {
  readonly kinds: readonly GroupKind[];
  readonly operations: readonly Operation[];
  /** Default "": the object itself. */
  readonly subresource?: string;
  /** Default: wherever the rule speaks. */
  readonly doors?: readonly Door[];
  /** Kinds that it looks up for these alone, beside `Rule.needs` and with the same effect. */
  readonly needs?: readonly GroupKind[];
  /** Asked under policies only that give the rule this mode or a stricter one, if just by an override. */
  readonly from?: Mode;
}

/** What is wrong at one place. A value: nothing is thrown for a bad object. */
export interface Finding {
  /** `container api has no memory limit`: short, complete, never a secret value. */
  readonly message: string;
  /** One imperative: `set resources.limits.memory to peak use`. */
  readonly fix: string;
  readonly location: Location;
  /**
   * What makes this the same finding in the old and the new object: container name or stable
   * path key, and the class of the offending value. Never a list index.
   */
  readonly key: string;
  /** For ordered rules: larger is worse, equal or smaller than before is not new. */
  readonly magnitude?: number;
  /** Caps this finding below the mode of its rule. */
  readonly atMost?: Mode;
  /** A mutating rule may fill this gap; the finding then says what admission would add. */
  readonly gap?: boolean;
}

/** One absent value that a mutating rule fills in. */
export interface Addition {
  readonly location: Location;
  readonly value: string;
}

export interface Mutation {
  readonly additions: readonly Addition[];
  /** Told to the user once, on CREATE; made only when it is. */
  readonly announcement?: () => string;
}

/** What a rule sees. Reads never wait and never throw for odd objects. */
export interface RuleContext<P = unknown> {
  readonly subject: Subject;
  /** The object to judge: the new one, or the old one when it is asked what was there before. */
  readonly object: Judged;
  readonly params: P;
  readonly platform: Platform;
  readonly cluster: ClusterView;
  /** The layer of the subject's namespace; undefined outside the platform. */
  readonly layer: string | undefined;
  /** The cached Namespace object of the subject, if there is one. */
  readonly namespaceObject: JsonObject | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Upgrades that were let through a moment ago. */
  readonly recent: RecentUpgrades;
  /** What Pods used at several times; undefined where nobody looked. */
  readonly usage: UsageHistory | undefined;
  /** Keeps what is the same for every object of a pass. */
  readonly once: Once;
}

export interface MutationContext<P = unknown> extends RuleContext<P> {
  /** Whether the pod template may be changed: CREATE, or an UPDATE that changes it anyway. */
  readonly templateOpen: boolean;
}

export interface Rule<P = unknown> {
  /** Equals the file name and the fixture folder. */
  readonly id: string;
  readonly title: string;
  /** Why it matters in production, in a sentence or two. */
  readonly why: string;
  readonly practice: Practice;
  readonly since: string;
  readonly targets: readonly Target[];
  /** Kinds that it looks up: informers, RBAC, and the cap at warn while one is unreadable. */
  readonly needs: readonly GroupKind[];
  /** Kinds that it also looks at where it can: informers and RBAC, but no cap and nothing skipped. */
  readonly consults?: readonly GroupKind[];
  /** The same for the audit alone: the guard neither watches nor may read them. */
  readonly auditConsults?: readonly GroupKind[];
  /** Strictest mode; findings may cap themselves lower with `atMost`. The policy decides. */
  readonly mode: Mode;
  /** What is capped lower than `mode`, for the docs. */
  readonly modeNote?: string;
  /** Where it can speak; default: at every door. */
  readonly doors?: readonly Door[];
  /**
   * Kinds that an audit lists only where somebody asks for it, and then without anything but
   * metadata. Else the rule is not asked there, and not verified, for this reason.
   */
  readonly optIn?: { readonly kinds: readonly GroupKind[]; readonly reason: string };
  /** How many readings of `context.usage` it takes. */
  samples?(params: P): number;
  /** Holds outside layer namespaces too; default false. */
  readonly everywhere?: boolean;
  /**
   * The layer that an object acts on, for kinds that govern other namespaces than their own: it is
   * judged in that scope. undefined: in the scope of its own namespace.
   */
  governs?(context: RuleContext<P>): string | undefined;
  /**
   * The paths that it reads; `TP` stands for the pod template. When all are equal in the old and
   * the new object, an update cannot have changed its answer.
   */
  readonly reads: readonly string[];
  readonly params: z.ZodType<P>;
  /** Why its silence about this object is no answer, beside what cannot be read of `needs`. */
  unverified?(context: RuleContext<P>): string | undefined;
  check?(context: RuleContext<P>): Iterable<Finding>;
  mutate?(context: MutationContext<P>): Mutation | undefined;
}

/** Keeps the parameter type inside the rule and hides it from everybody else. */
export function defineRule<P>(rule: Rule<P>): Rule {
  return rule as Rule;
}

export function speaksAt({ doors }: Rule, door: Door): boolean {
  return doors === undefined || doors.includes(door);
}

/** What the rule judges at a door. */
export function targetsAt(rule: Rule, door: Door): readonly Target[] {
  if (!speaksAt(rule, door)) return [];
  return rule.targets.filter(({ doors }) => doors?.includes(door) !== false);
}

/** Whether the rule speaks at a door about new objects of a kind. */
export function judgesAt(rule: Rule, door: Door, kind: GroupKind): boolean {
  if (rule.check === undefined) return false;
  return targetsAt(rule, door).some(
    ({ kinds, operations, subresource = "" }) =>
      subresource === "" && operations.includes("CREATE") && kinds.includes(kind),
  );
}

/**
 * Every kind that some rule or the engine looks up at a door: what the cache holds and RBAC allows.
 * The guard neither watches nor may read what only the audit looks at.
 */
export function lookedUpKinds(
  rules: readonly Rule[],
  door: Door = "admission",
  optedIn: ReadonlySet<GroupKind> = NONE,
): readonly GroupKind[] {
  const kinds = rules
    .filter((rule) => speaksAt(rule, door))
    .flatMap((rule) => kindsLookedUpBy(rule, door).filter(isListed(rule, optedIn)));
  return [...new Set(["Namespace", ...REVISION_KINDS, ...kinds])];
}

/** What it needs for whatever it judges at a door, and what it looks at where it can. */
function kindsLookedUpBy(rule: Rule, door: Door): readonly GroupKind[] {
  const ofTargets = targetsAt(rule, door).flatMap(({ needs = [] }) => needs);
  const ofAudit = door === "audit" ? (rule.auditConsults ?? []) : [];
  return [...rule.needs, ...ofTargets, ...(rule.consults ?? []), ...ofAudit];
}

/** Every kind that some rule judges at a door; what is only judged on demand, where it is demanded. */
export function judgedKinds(
  rules: readonly Rule[],
  door: Door,
  optedIn: ReadonlySet<GroupKind> = NONE,
): readonly GroupKind[] {
  const kinds = rules.flatMap((rule) =>
    targetsAt(rule, door)
      .flatMap((target) => target.kinds)
      .filter(isListed(rule, optedIn)),
  );
  return [...new Set(kinds)];
}

const NONE: ReadonlySet<GroupKind> = new Set();

function isListed({ optIn }: Rule, optedIn: ReadonlySet<GroupKind>) {
  return (kind: GroupKind): boolean => optIn?.kinds.includes(kind) !== true || optedIn.has(kind);
}
