import type { ClusterView } from "../engine/cluster-view.ts";
import type { Environment } from "../engine/environment.ts";
import type { RuleFault } from "../engine/judgement.ts";
import { layeredNamespaces, namesNoLayer } from "../engine/layered-namespaces.ts";
import { oncePerPass } from "../engine/once.ts";
import type { Policy } from "../engine/policy.ts";
import { judgesAt, type Rule } from "../engine/rule.ts";
import type { Subject } from "../engine/subject.ts";
import { unheardRules } from "../engine/unheard.ts";
import type { UsageHistory } from "../engine/usage.ts";
import { apiVersionOf, type GroupKind, kindInfo } from "../kubernetes/kinds.ts";
import { isTerminating } from "../kubernetes/object.ts";
import { AuditView, type KindAnswer, type KindAnswers } from "./audit-view.ts";
import { speaksInAudits } from "./audited-kinds.ts";
import { Collected } from "./collected.ts";
import { addsToOwner, lineageOf, speakersFor } from "./created-subject.ts";
import { inventoryOf } from "./inventory.ts";
import { judgeLine } from "./readiness/judge-line.ts";
import type { Place, Site } from "./readiness/line-spec.ts";
import { LINES } from "./readiness/lines.ts";
import { buildReport, type Report } from "./report.ts";

/** What is judged, and what may be looked up meanwhile. */
export interface Audited {
  readonly view: ClusterView;
  /** Objects that the answers speak of, those that their controllers answer for included. */
  readonly objects: number;
  subjects(): Iterable<Subject>;
}

export interface AuditSettings {
  readonly policy: Policy;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Only these; none: all. */
  readonly namespaces: readonly string[];
  /** Kinds that are read because somebody asked for it. */
  readonly optedIn?: ReadonlySet<GroupKind>;
  /** Of an audit that goes on. */
  readonly usage?: UsageHistory;
  /** Say where components sit. */
  readonly inventory?: boolean;
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
  audited: Audited,
  answers: KindAnswers,
  settings: AuditSettings,
): AuditResult {
  const steps = auditInSteps(audited, answers, settings);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Objects that are judged in one step. */
const STEP = 200;

/** The same, for whoever has other things to do between two steps. */
export function* auditInSteps(
  audited: Audited,
  answers: KindAnswers,
  settings: AuditSettings,
): Generator<void, AuditResult, void> {
  const { policy, now } = settings;
  const cluster = new AuditView(audited.view, answers);
  const collected = new Collected();
  const environmentIn = environmentsOf(cluster, settings);
  const subjects = [...audited.subjects()];
  for (const [index, subject] of subjects.entries()) {
    judge(collected, environmentIn, subject);
    if (index % STEP === STEP - 1) yield;
  }
  for (const { rule, reason } of unheardRules(environmentIn(""), "audit")) {
    collected.addSkip({ ...anyOf(rule), reason });
  }
  for (const [kind, answer] of answers) {
    if (answer.state !== "unreadable" || isReadWhereAsked(answer, settings)) continue;
    skipUnread(collected, policy, kind, answer.reason);
  }
  const site: Site = { policy, cluster, now, ...placesOf(cluster, settings) };
  const report = buildReport({
    door: "audit",
    policy: policy.name,
    now,
    objects: audited.objects,
    findings: collected.findings,
    skipped: collected.skipped,
    judged: collected.judged,
    incomplete: false,
    readiness: LINES.map((line) => judgeLine(line, site, collected)),
    ...(settings.inventory === true
      ? { inventory: inventoryOf(policy, cluster, uppermost(policy, cluster, subjects)) }
      : {}),
  });
  return { report, faults: collected.faults, isUnlayered: namesNoLayer(cluster, policy) };
}

type EnvironmentIn = (namespace: string) => Environment;

function environmentsOf(cluster: AuditView, settings: AuditSettings): EnvironmentIn {
  const { policy, now, optedIn, usage } = settings;
  const shared = {
    policy,
    now,
    once: oncePerPass(),
    ...(optedIn === undefined ? {} : { optedIn }),
    ...(usage === undefined ? {} : { usage }),
  };
  const byNamespace = new Map<string, Environment>();
  return (namespace) => {
    const known = byNamespace.get(namespace);
    if (known !== undefined) return known;
    const environment = { ...shared, cluster: cluster.seenFrom(namespace) };
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

/** Without what is there only because another one is. */
function uppermost(
  policy: Policy,
  cluster: ClusterView,
  subjects: readonly Subject[],
): readonly Subject[] {
  return subjects.filter((subject) => lineageOf(policy, cluster, subject).judged === undefined);
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

/** A rule that was silent for a reason of its own, about everything that it judges. */
function anyOf(rule: Rule) {
  const kind = rule.targets[0]?.kinds[0] ?? "";
  const info = kindInfo(kind);
  const apiVersion = info === undefined ? "" : apiVersionOf(info);
  const object = { apiVersion, kind: info?.kind ?? kind, name: "*" };
  return { rule: rule.id, practice: rule.practice, object };
}

function placesOf(
  cluster: AuditView,
  { policy, namespaces }: AuditSettings,
): Pick<Site, "places" | "isPartial"> {
  const places: Place[] = [];
  let isPartial = false;
  for (const { name, layer } of layeredNamespaces(policy.platform, cluster)) {
    if (policy.isExcluded(name)) continue;
    if (namespaces.length > 0 && !namespaces.includes(name)) {
      isPartial = true;
      continue;
    }
    const object = cluster.get("Namespace", "", name);
    if (object !== undefined && isTerminating(object)) continue;
    const isEmptyName = object === undefined && cluster.readability("Namespace") === "readable";
    if (!isEmptyName) places.push({ namespace: name, layer, object });
  }
  places.sort((left, right) => (left.namespace < right.namespace ? -1 : 1));
  return { places, isPartial };
}
