import type { GroupKind } from "../kubernetes/kinds.ts";
import { matchesAny } from "./glob.ts";
import { cap, isWeaker, type Mode } from "./modes.ts";
import type { Platform } from "./platform.ts";
import { type Rule, type Target, targetsAt } from "./rule.ts";
import { DOORS, type Door, type Operation, type Subject } from "./subject.ts";

/** A rule bound by a policy. */
export interface Check {
  readonly rule: Rule;
  readonly params: unknown;
  readonly mode: Mode;
  /** Kinds that it looks up for what it is asked about. */
  readonly needs: readonly GroupKind[];
  /** Only the overrides that name this rule, in the order of the policy. */
  readonly overrides: readonly Override[];
}

/** Staged adoption: another mode for some rules on some objects, perhaps for a time. */
export interface Override {
  readonly namespaces: readonly string[] | undefined;
  readonly rules: readonly string[] | undefined;
  /** `Kind/name` globs. */
  readonly objects: readonly string[] | undefined;
  readonly mode: Mode;
  /** Last millisecond at which it holds; undefined: for good. */
  readonly until: number | undefined;
  /** For the audit annotation: `overrides[0] until 2027-03-31`. */
  readonly label: string;
}

/** What the policy document says once defaults are laid under it and everything is checked. */
export interface PolicyInput {
  readonly name: string;
  /** Name and content hash, `keymate@1f0c2b9a7d34`; the name alone when it is left out. */
  readonly id?: string;
  readonly platform: Platform;
  /** Mode and validated parameters by rule id. */
  readonly rules: ReadonlyMap<string, { readonly mode: Mode; readonly params: unknown }>;
  readonly overrides: readonly Override[];
  /** The weakest of profile and `--mode`. */
  readonly cap: Mode;
  readonly unlayered: Mode;
  readonly trustedControllers: readonly string[];
  readonly excludedNamespaces: readonly string[];
  /** Members are not asked about at all. */
  readonly breakGlassGroup?: string | undefined;
}

export interface ResolvedMode {
  readonly mode: Mode;
  /** The override that made it weaker than it would be otherwise. */
  readonly exemptedBy: string | undefined;
}

const PLAIN: Readonly<Record<Mode, ResolvedMode>> = {
  enforce: { mode: "enforce", exemptedBy: undefined },
  warn: { mode: "warn", exemptedBy: undefined },
  audit: { mode: "audit", exemptedBy: undefined },
  off: { mode: "off", exemptedBy: undefined },
};

/** A policy compiled once: rules indexed by what they judge, modes resolved per subject. */
export class Policy {
  readonly name: string;
  /** Tells two contents of the same name apart. */
  readonly id: string;
  readonly platform: Platform;
  readonly checks: readonly Check[];
  readonly cap: Mode;
  readonly unlayered: Mode;
  readonly trustedControllers: readonly string[];
  readonly excludedNamespaces: readonly string[];
  readonly breakGlassGroup: string | undefined;
  readonly #index = new Map<string, readonly Check[]>();
  readonly #trusted: ReadonlySet<string>;
  readonly #excluded: ReadonlySet<string>;

  constructor(input: PolicyInput, rules: readonly Rule[]) {
    this.name = input.name;
    this.id = input.id ?? input.name;
    this.platform = input.platform;
    this.cap = input.cap;
    this.unlayered = input.unlayered;
    this.trustedControllers = input.trustedControllers;
    this.excludedNamespaces = input.excludedNamespaces;
    this.breakGlassGroup = input.breakGlassGroup;
    this.#trusted = new Set(input.trustedControllers);
    this.#excluded = new Set(input.excludedNamespaces);
    this.checks = rules.map((rule) => bind(rule, input));
    this.#buildIndex();
  }

  /** Checks that speak at a door, in rule order; empty for what no rule judges there. */
  checksFor(door: Door, kind: GroupKind, operation: Operation, subresource = ""): readonly Check[] {
    return this.#index.get(indexKey(door, kind, operation, subresource)) ?? [];
  }

  /** Whether any rule judges this kind, in whatever operation. */
  judges(kind: GroupKind): boolean {
    return this.checks.some(({ rule }) => rule.targets.some(({ kinds }) => kinds.includes(kind)));
  }

  isExcluded(namespace: string): boolean {
    return this.#excluded.has(namespace);
  }

  isTrustedController(user: string): boolean {
    return this.#trusted.has(user);
  }

  /** Override, then every cap: policy-wide, outside layers, made by a controller. */
  resolveMode(
    check: Check,
    subject: Subject,
    layer: string | undefined,
    now: number,
  ): ResolvedMode {
    const own = this.#capped(check.mode, check, subject, layer);
    // Most checks are in no override, and every review asks for all of them.
    if (check.overrides.length === 0) return PLAIN[own];
    const override = check.overrides.find((one) => applies(one, subject, now));
    if (override === undefined) return PLAIN[own];
    const mode = this.#capped(override.mode, check, subject, layer);
    // Below a cap an override changes nothing, and nothing is exempted by it.
    return isWeaker(mode, own) ? { mode, exemptedBy: override.label } : PLAIN[mode];
  }

  #capped(own: Mode, { rule }: Check, subject: Subject, layer: string | undefined): Mode {
    let mode = cap(own, this.cap);
    if (layer === undefined && rule.everywhere !== true) mode = cap(mode, this.unlayered);
    return subject.byController ? cap(mode, "audit") : mode;
  }

  #buildIndex(): void {
    for (const check of this.checks) {
      for (const door of DOORS) {
        for (const target of askedTargets(check, door)) this.#addToIndex(check, door, target);
      }
    }
  }

  #addToIndex(check: Check, door: Door, target: Target): void {
    const { kinds, operations, subresource = "", needs = [] } = target;
    const asked = needs.length === 0 ? check : { ...check, needs: [...check.needs, ...needs] };
    for (const kind of kinds) {
      for (const operation of operations) {
        const key = indexKey(door, kind, operation, subresource);
        this.#index.set(key, [...(this.#index.get(key) ?? []), asked]);
      }
    }
  }
}

/** What a rule judges at a door under its policy. */
export function askedTargets({ rule, mode, overrides }: Check, door: Door): readonly Target[] {
  const modes = [mode, ...overrides.map((override) => override.mode)];
  return targetsAt(rule, door).filter(
    ({ from }) => from === undefined || modes.some((one) => !isWeaker(one, from)),
  );
}

function bind(rule: Rule, input: PolicyInput): Check {
  const configured = input.rules.get(rule.id);
  return {
    rule,
    params: configured?.params ?? rule.params.parse({}),
    mode: configured?.mode ?? rule.mode,
    needs: rule.needs,
    overrides: input.overrides.filter(
      ({ rules }) => rules === undefined || matchesAny(rules, rule.id),
    ),
  };
}

function applies(override: Override, subject: Subject, now: number): boolean {
  if (override.until !== undefined && now > override.until) return false;
  const { namespaces, objects } = override;
  if (namespaces !== undefined && !matchesAny(namespaces, subject.namespace)) return false;
  return objects === undefined || matchesAny(objects, `${kindWord(subject.kind)}/${subject.name}`);
}

/** `Deployment` of `Deployment.apps`. */
export function kindWord(kind: GroupKind): string {
  const dot = kind.indexOf(".");
  return dot < 0 ? kind : kind.slice(0, dot);
}

function indexKey(door: Door, kind: GroupKind, operation: Operation, subresource: string): string {
  return `${door} ${operation} ${kind}/${subresource}`;
}
