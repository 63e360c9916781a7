import type { Environment } from "../engine/environment.ts";
import type { RuleFault } from "../engine/judgement.ts";
import { layeredNamespaces, namesNoLayer } from "../engine/layered-namespaces.ts";
import type { Policy } from "../engine/policy.ts";
import { judgesAt } from "../engine/rule.ts";
import type { Subject } from "../engine/subject.ts";
import { apiVersionOf, kindInfo } from "../kubernetes/kinds.ts";
import { isTerminating } from "../kubernetes/object.ts";
import { AuditView, type KindAnswer, type KindAnswers } from "./audit-view.ts";
import { speaksInAudits } from "./audited-kinds.ts";
import { Collected } from "./collected.ts";
import { addsToOwner, lineageOf, speakersFor } from "./created-subject.ts";
import { judgeLine } from "./readiness/judge-line.ts";
import type { Place, Site } from "./readiness/line-spec.ts";
import { LINES } from "./readiness/lines.ts";
import { buildReport, type Report } from "./report.ts";
import type { Snapshot } from "./snapshot.ts";

export interface AuditSettings {
  readonly policy: Policy;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Only these; none: all. */
  readonly namespaces: readonly string[];
}

export interface AuditResult {
  readonly report: Report;
  /** Faults of the guard itself, for the log; the report calls their lines not verified. */
  readonly faults: readonly RuleFault[];
  /** No namespace has a layer, so nothing is more than audited. */
  readonly isUnlayered: boolean;
}

/** Judges what a cluster holds, and sums it up as the guide's validation scenario. */
export function audit(
  snapshot: Snapshot,
  answers: KindAnswers,
  settings: AuditSettings,
): AuditResult {
  const { policy, now } = settings;
  const cluster = new AuditView(snapshot.view, answers);
  const collected = new Collected();
  const environmentIn = environmentsOf(policy, cluster, now);
  for (const subject of snapshot.subjects()) judge(collected, environmentIn, subject);
  for (const [kind, answer] of answers) {
    if (answer.state !== "unreadable" || isReadWhereAsked(answer, settings)) continue;
    skipUnread(collected, policy, kind, answer.reason);
  }
  const site: Site = { policy, cluster, now, places: placesOf(cluster, settings) };
  const report = buildReport({
    door: "audit",
    policy: policy.name,
    now,
    objects: snapshot.objects,
    findings: collected.findings,
    skipped: collected.skipped,
    judged: collected.judged,
    incomplete: false,
    readiness: LINES.map((line) => judgeLine(line, site, collected)),
  });
  return { report, faults: collected.faults, isUnlayered: namesNoLayer(cluster, policy) };
}

type EnvironmentIn = (namespace: string) => Environment;

function environmentsOf(policy: Policy, cluster: AuditView, now: number): EnvironmentIn {
  const byNamespace = new Map<string, Environment>();
  return (namespace) => {
    const known = byNamespace.get(namespace);
    if (known !== undefined) return known;
    const environment = { policy, cluster: cluster.seenFrom(namespace), now };
    byNamespace.set(namespace, environment);
    return environment;
  };
}

/** One object; what its controller answers for is left to the controller. */
function judge(collected: Collected, environmentIn: EnvironmentIn, subject: Subject): void {
  const environment = environmentIn(subject.namespace);
  const { policy, cluster } = environment;
  const lineage = lineageOf(policy, cluster, subject);
  const { judged } = lineage;
  if (judged === undefined) collected.judge(environment, { subject, lineage });
  else if (addsToOwner(policy, "audit", subject.kind, judged.kind)) {
    const spoken = { ...subject, spokenForBy: speakersFor(subject.kind, judged.kind) };
    collected.judge(environment, { subject: spoken, lineage });
  }
}

/** It may be unread elsewhere, which matters to look-ups only. */
function isReadWhereAsked(answer: KindAnswer, { namespaces }: AuditSettings): boolean {
  const read = answer.state === "unreadable" ? answer.namespaces : undefined;
  return namespaces.length > 0 && namespaces.every((name) => read?.has(name));
}

/** Objects that could not be listed were judged by nobody. */
function skipUnread(collected: Collected, policy: Policy, kind: string, reason: string): void {
  const info = kindInfo(kind);
  if (info === undefined) return;
  const object = { apiVersion: apiVersionOf(info), kind: info.kind, name: "*" };
  for (const check of policy.checks) {
    const { rule } = check;
    if (!speaksInAudits(check) || !judgesAt(rule, "audit", kind)) continue;
    collected.addSkip({ rule: rule.id, practice: rule.practice, object, reason });
  }
}

function placesOf(cluster: AuditView, { policy, namespaces }: AuditSettings): readonly Place[] {
  const places: Place[] = [];
  for (const { name, layer } of layeredNamespaces(policy.platform, cluster)) {
    if (policy.isExcluded(name)) continue;
    if (namespaces.length > 0 && !namespaces.includes(name)) continue;
    const object = cluster.get("Namespace", "", name);
    if (object !== undefined && isTerminating(object)) continue;
    const isEmptyName = object === undefined && cluster.readability("Namespace") === "readable";
    if (!isEmptyName) places.push({ namespace: name, layer, object });
  }
  return places.sort((left, right) => (left.namespace < right.namespace ? -1 : 1));
}
