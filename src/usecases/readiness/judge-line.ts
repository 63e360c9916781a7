import { layerOfNamespace } from "../../engine/layered-namespaces.ts";
import type { Policy } from "../../engine/policy.ts";
import { kindInfo } from "../../kubernetes/kinds.ts";
import { speaksInAudits } from "../audited-kinds.ts";
import type { Collected } from "../collected.ts";
import type { ReadinessLine } from "../readiness.ts";
import type { PracticeStatus, ReportFinding } from "../report.ts";
import { compareFindings } from "../report-order.ts";
import type { Gathered, LineSpec, Site } from "./line-spec.ts";

/** Findings that a line shows as its evidence. */
const SHOWN = 3;

/** A line's answer: from what its rules found, what nobody could see, and what there is to show. */
export function judgeLine(spec: LineSpec, site: Site, collected: Collected): ReadinessLine {
  const gathered = spec.gather(site);
  const findings = findingsOf(spec, site, collected);
  const notVerified = [...new Set(doubtsOf(spec, site, collected, gathered))];
  const status = statusOf(findings, notVerified, gathered.applies);
  return {
    id: spec.id,
    title: spec.title,
    status,
    rules: spec.rules,
    evidence: [...shownFindings(findings), ...gathered.evidence],
    ...(notVerified.length === 0 ? {} : { notVerified }),
  };
}

/**
 * Outside the platform nothing is asked for, so what is only audited there says nothing about it;
 * but what is at most audited anywhere does.
 */
function findingsOf(spec: LineSpec, site: Site, collected: Collected): readonly ReportFinding[] {
  const { policy, cluster } = site;
  return collected.findings
    .filter(({ rule, mode, object }) => {
      if (!spec.rules.includes(rule)) return false;
      const { namespace = object.kind === "Namespace" ? object.name : "" } = object;
      if (mode !== "audit" || namespace === "") return true;
      if (policy.checks.find((check) => check.rule.id === rule)?.mode === "audit") return true;
      return layerOfNamespace(policy.platform, cluster, namespace) !== undefined;
    })
    .sort(compareFindings);
}

function statusOf(
  findings: readonly ReportFinding[],
  notVerified: readonly string[],
  applies: boolean,
): PracticeStatus {
  if (findings.some(({ mode }) => mode === "enforce")) return "fail";
  if (findings.length > 0) return "warn";
  if (notVerified.length > 0) return "not-verified";
  return applies ? "pass" : "not-applicable";
}

function* doubtsOf(
  spec: LineSpec,
  site: Site,
  collected: Collected,
  { unknown, applies }: Gathered,
): Generator<string> {
  const { cluster, policy } = site;
  for (const { rule, reason } of collected.skipped) if (spec.rules.includes(rule)) yield reason;
  for (const kind of spec.oneOf.flat()) {
    const reason = cluster.reason(kind);
    if (reason !== undefined) yield reason;
  }
  if (!applies) return;
  if (site.isPartial) {
    const whole = spec.rules.filter((id) => isAboutNamespaces(policy, id));
    if (whole.length > 0) yield `judged with the whole platform only: ${whole.join(", ")}`;
  }
  const silent: string[] = [];
  for (const id of spec.rules) {
    const check = policy.checks.find(({ rule }) => rule.id === id);
    if (check === undefined || !speaksInAudits(check)) silent.push(id);
  }
  for (const { text, rule } of unknown) {
    if (rule === undefined || silent.includes(rule)) yield text;
  }
  for (const kinds of spec.oneOf) {
    if (kinds.some((kind) => cluster.readability(kind) !== "absent")) continue;
    const names = kinds.map((kind) => `${kindInfo(kind)?.plural}.${kindInfo(kind)?.group}`);
    yield `${names.length === 1 ? "not installed" : "none of these is installed"}: ${names.join(", ")}`;
  }
  if (silent.length > 0) yield `no rule in force speaks in audits: ${silent.join(", ")}`;
}

/** What it says of a layer it says of one of its Namespaces, which need not be among the asked ones. */
function isAboutNamespaces(policy: Policy, id: string): boolean {
  const targets = policy.checks.find(({ rule }) => rule.id === id)?.rule.targets ?? [];
  return targets.some(({ kinds }) => kinds.includes("Namespace"));
}

function shownFindings(findings: readonly ReportFinding[]): string[] {
  const lines = findings.slice(0, SHOWN).map(({ mode, rule, object, message }) => {
    const place = object.namespace === undefined ? "" : `${object.namespace}/`;
    return `${mode} [${rule}] ${object.kind} ${place}${object.name}: ${message}`;
  });
  const more = findings.length - SHOWN;
  return more > 0 ? [...lines, `and ${more} more of ${uniqueRules(findings.slice(SHOWN))}`] : lines;
}

function uniqueRules(findings: readonly ReportFinding[]): string {
  return [...new Set(findings.map(({ rule }) => rule))].sort().join(", ");
}
