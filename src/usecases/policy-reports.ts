import type { Mode } from "../engine/modes.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import type { Report, ReportFinding, ReportSkip } from "./report.ts";
import { compareFindings } from "./report-order.ts";

/** API groups whose reports dashboards and `kubectl get` know. */
export const REPORT_FLAVOURS = ["policyreport", "openreports"] as const;

export type ReportFlavour = (typeof REPORT_FLAVOURS)[number];

export interface FlavourInfo {
  readonly group: string;
  readonly version: string;
  readonly namespaced: { readonly kind: string; readonly plural: string };
  readonly clusterWide: { readonly kind: string; readonly plural: string };
}

export const FLAVOURS: Readonly<Record<ReportFlavour, FlavourInfo>> = {
  policyreport: {
    group: "wgpolicyk8s.io",
    version: "v1alpha2",
    namespaced: { kind: "PolicyReport", plural: "policyreports" },
    clusterWide: { kind: "ClusterPolicyReport", plural: "clusterpolicyreports" },
  },
  openreports: {
    group: "openreports.io",
    version: "v1alpha1",
    namespaced: { kind: "Report", plural: "reports" },
    clusterWide: { kind: "ClusterReport", plural: "clusterreports" },
  },
};

/** One report for each namespace, and one for what lives in none. */
export const REPORT_NAME = "keymate-guard-audit";

/** Ours, among the reports of others. */
export const REPORT_LABELS = {
  "app.kubernetes.io/managed-by": "keymate-guard",
  "app.kubernetes.io/name": "keymate-guard-audit",
} as const;

/** More would not fit into an object of etcd; the summary counts all the same. */
const MOST_RESULTS = 1_000;
const LONGEST_MESSAGE = 1_024;

const SEVERITY: Readonly<Record<Exclude<Mode, "off">, string>> = {
  enforce: "high",
  warn: "medium",
  audit: "low",
};

/**
 * What an audit found, by namespace, sorted by it. Nothing in it changes while the findings stay,
 * so that a report is written once.
 */
export function policyReportsOf(report: Report, flavour: ReportFlavour): readonly JsonObject[] {
  const byNamespace = new Map<string, { findings: ReportFinding[]; skipped: ReportSkip[] }>();
  const entry = (namespace: string) => {
    const known = byNamespace.get(namespace) ?? { findings: [], skipped: [] };
    byNamespace.set(namespace, known);
    return known;
  };
  for (const finding of report.findings) entry(namespaceOf(finding.object)).findings.push(finding);
  for (const skip of report.skipped) entry(namespaceOf(skip.object)).skipped.push(skip);
  return [...byNamespace]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([namespace, { findings, skipped }]) => {
      const results = [
        ...worstFirst(findings).map((one) => resultOf(report, one)),
        ...skipped.map((one) => skippedResult(report, one)),
      ];
      return reportObject(flavour, namespace, {
        summary: {
          pass: 0,
          fail: findings.filter(({ mode }) => mode === "enforce").length,
          warn: findings.filter(({ mode }) => mode !== "enforce").length,
          error: 0,
          skip: skipped.length,
        },
        results: results.slice(0, MOST_RESULTS),
      });
    });
}

function reportObject(flavour: ReportFlavour, namespace: string, content: JsonObject): JsonObject {
  const { group, version, namespaced, clusterWide } = FLAVOURS[flavour];
  return {
    apiVersion: `${group}/${version}`,
    kind: namespace === "" ? clusterWide.kind : namespaced.kind,
    metadata: {
      name: REPORT_NAME,
      ...(namespace === "" ? {} : { namespace }),
      labels: REPORT_LABELS,
    },
    ...(flavour === "openreports" ? { source: "keymate-guard" } : {}),
    ...content,
  };
}

/** A Namespace itself has no namespace, but whoever may read what is in it may read this too. */
function namespaceOf({ kind, namespace, name }: ReportFinding["object"]): string {
  return namespace ?? (kind === "Namespace" && name !== "*" ? name : "");
}

const RANK: Readonly<Record<Exclude<Mode, "off">, number>> = { enforce: 0, warn: 1, audit: 2 };

function worstFirst(findings: readonly ReportFinding[]): readonly ReportFinding[] {
  return [...findings].sort(
    (left, right) => RANK[left.mode] - RANK[right.mode] || compareFindings(left, right),
  );
}

function resultOf({ policy }: Report, finding: ReportFinding): JsonObject {
  const { rule, practice, mode, object, message, fix, path } = finding;
  return {
    source: "keymate-guard",
    policy,
    rule,
    category: practice,
    severity: SEVERITY[mode],
    result: mode === "enforce" ? "fail" : "warn",
    scored: true,
    message: cut(`${message} — fix: ${fix}`),
    resources: [object],
    properties: { mode, ...(path === "" ? {} : { path: cut(path) }) },
  };
}

/** What could not be verified did not pass. */
function skippedResult({ policy }: Report, { rule, object, reason }: ReportSkip): JsonObject {
  return {
    source: "keymate-guard",
    policy,
    rule,
    result: "skip",
    scored: false,
    message: cut(reason),
    ...(object.name === "*"
      ? { properties: { kind: object.kind, apiVersion: object.apiVersion } }
      : { resources: [object] }),
  };
}

function cut(text: string): string {
  return text.length <= LONGEST_MESSAGE ? text : `${text.slice(0, LONGEST_MESSAGE - 1)}…`;
}
