import { cap, type Mode } from "../engine/modes.ts";
import { PRACTICES, type Practice } from "../engine/rule.ts";
import type { Door } from "../engine/subject.ts";
import type { InventoryLayer } from "./inventory.ts";
import type { ReadinessLine } from "./readiness.ts";
import { compareFindings, compareSkips } from "./report-order.ts";

export const REPORT_API_VERSION = "policy.keymate.io/v1alpha1";

export type Verdict = "pass" | "warn" | "fail" | "not-verified";

export type PracticeStatus = Verdict | "not-applicable";

export interface ReportObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for cluster-scoped objects. */
  readonly namespace?: string;
  readonly name: string;
}

/** Line and column count from 1, the column in UTF-16 code units. */
export interface ReportSource {
  readonly file: string;
  readonly line: number;
  /** Absent where the whole file is meant. */
  readonly column?: number;
}

export interface ReportFinding {
  readonly rule: string;
  readonly practice: Practice;
  readonly mode: Exclude<Mode, "off">;
  readonly object: ReportObject;
  /** In a reader's words: `spec.template.spec.containers[name=api].image`. */
  readonly path: string;
  /** JSON pointer, RFC 6901. */
  readonly pointer: string;
  readonly message: string;
  readonly fix: string;
  /** `--fix`, or admission, fills the gap. */
  readonly fixable: boolean;
  /** Only where the object comes from a file. */
  readonly source?: ReportSource;
}

export interface ReportSkip {
  readonly rule: string;
  readonly object: ReportObject;
  readonly reason: string;
}

/** What every door but admission answers: the JSON of `--format json`. */
export interface Report {
  readonly apiVersion: typeof REPORT_API_VERSION;
  readonly kind: "Report";
  readonly door: Door;
  readonly policy: string;
  /** RFC 3339. */
  readonly generatedAt: string;
  readonly summary: {
    readonly objects: number;
    readonly enforce: number;
    readonly warn: number;
    readonly audit: number;
    readonly skipped: number;
    readonly verdict: Verdict;
  };
  readonly practices: readonly {
    readonly id: Practice;
    readonly status: PracticeStatus;
    readonly findings: number;
  }[];
  /** The guide's validation scenario; only of an audit. */
  readonly readiness?: readonly ReadinessLine[];
  readonly findings: readonly ReportFinding[];
  readonly skipped: readonly ReportSkip[];
  /** Where components sit; only for the formats that draw it. */
  readonly inventory?: readonly InventoryLayer[];
}

/** What a door collected while it judged. */
export interface ReportInput {
  readonly door: Door;
  readonly policy: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly objects: number;
  readonly findings: readonly ReportFinding[];
  readonly skipped: readonly (ReportSkip & { readonly practice: Practice })[];
  /** Practices of which at least one rule had its say. */
  readonly judged: ReadonlySet<Practice>;
  /** Something could not be read at all. */
  readonly incomplete: boolean;
  readonly readiness?: readonly ReadinessLine[];
  readonly inventory?: readonly InventoryLayer[];
}

/** Sorts, counts and sums up. Pure: the same input gives the same report. */
export function buildReport(input: ReportInput): Report {
  const { findings, readiness } = input;
  const practices = PRACTICES.map((id) => {
    const own = findings.filter((finding) => finding.practice === id);
    const unverified = input.skipped.some(({ practice }) => practice === id);
    const status = unverified || own.length > 0 ? verdictOf(own, unverified) : undefined;
    const silent: PracticeStatus = input.judged.has(id) ? "pass" : "not-applicable";
    return { id, status: status ?? silent, findings: own.length };
  });
  return {
    apiVersion: REPORT_API_VERSION,
    kind: "Report",
    door: input.door,
    policy: input.policy,
    generatedAt: new Date(input.now).toISOString(),
    summary: {
      objects: input.objects,
      enforce: countMode(findings, "enforce"),
      warn: countMode(findings, "warn"),
      audit: countMode(findings, "audit"),
      skipped: input.skipped.length,
      verdict: verdictOf(
        findings,
        // What was not looked at has not passed, and no object at all is nothing looked at.
        input.incomplete ||
          input.objects === 0 ||
          [...practices, ...(readiness ?? [])].some(({ status }) => status === "not-verified"),
      ),
    },
    practices,
    ...(readiness === undefined ? {} : { readiness }),
    findings: [...findings].sort(compareFindings),
    skipped: input.skipped.map(withoutPractice).sort(compareSkips),
    ...(input.inventory === undefined ? {} : { inventory: input.inventory }),
  };
}

/** Exit codes 0 and 1: whether the worst finding reaches what `--fail-on` names. */
export function exitCodeOf(report: Report, failOn: Exclude<Mode, "off"> | "never"): 0 | 1 {
  if (failOn === "never") return 0;
  return report.findings.some(({ mode }) => cap(mode, failOn) === failOn) ? 1 : 0;
}

function withoutPractice({ rule, object, reason }: ReportSkip): ReportSkip {
  return { rule, object, reason };
}

function verdictOf(findings: readonly ReportFinding[], unverified: boolean): Verdict {
  if (findings.some(({ mode }) => mode === "enforce")) return "fail";
  if (findings.some(({ mode }) => mode === "warn")) return "warn";
  return unverified ? "not-verified" : "pass";
}

function countMode(findings: readonly ReportFinding[], mode: Mode): number {
  return findings.filter((finding) => finding.mode === mode).length;
}
