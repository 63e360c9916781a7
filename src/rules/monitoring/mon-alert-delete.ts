import { z } from "zod";
import type { ClusterView } from "../../engine/cluster-view.ts";
import { PREFIX } from "../../engine/platform.ts";
import { kindWord } from "../../engine/policy.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import type { Judged } from "../../engine/subject.ts";
import { alertClassesOf, CLASS_TEXTS, PROMETHEUS_RULE } from "../../kubernetes/alert.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { isTerminating, nameOf, namespaceOf } from "../../kubernetes/object.ts";
import { POD_MONITOR, SERVICE_MONITOR } from "../../kubernetes/scrape.ts";
import {
  governedLayer,
  reaches,
  SCRAPED_KINDS,
  type ScrapeTarget,
  scrapeTargets,
} from "./monitor-reach.ts";

const MONITORS: readonly GroupKind[] = [SERVICE_MONITOR, POD_MONITOR];
const ALERT_LABEL = `${PREFIX}alert`;
/** More than fit into an answer. */
const MAX_TARGETS = 10;
/** A monitor of a whole cluster: enough are asked to see whether another one does the same. */
const MAX_ASKED = 200;

export default defineRule({
  id: "mon-alert-delete",
  title: "The last alert and the last monitor are not removed unnoticed",
  why:
    "Monitoring that is gone looks like a system without faults: nothing reports that nothing is " +
    "reported any more.",
  practice: "monitoring",
  since: "0.1.0",
  targets: [{ kinds: [PROMETHEUS_RULE, ...MONITORS], operations: ["UPDATE", "DELETE"] }],
  needs: [PROMETHEUS_RULE, ...MONITORS],
  consults: ["Service", ...SCRAPED_KINDS],
  mode: "warn",
  doors: ["admission"],
  reads: ["spec", "metadata.labels"],
  params: z.strictObject({}),
  governs: (context) =>
    context.object.kind === PROMETHEUS_RULE ? undefined : governedLayer(context),
  check(context) {
    const { subject, object } = context;
    const { operation, old } = subject;
    if (operation === "UPDATE" && (old === undefined || object === old)) return [];
    const before = old ?? object;
    const after = operation === "DELETE" ? undefined : object;
    return object.kind === PROMETHEUS_RULE
      ? lostAlerts(context, before, after)
      : lostTargets(context, before, after);
  },
});

function* lostAlerts(
  { subject, cluster }: RuleContext,
  before: Judged,
  after: Judged | undefined,
): Iterable<Finding> {
  const lost = new Set(alertClassesOf(before.raw, ALERT_LABEL));
  if (after !== undefined) {
    for (const name of alertClassesOf(after.raw, ALERT_LABEL)) lost.delete(name);
  }
  if (lost.size === 0) return;
  for (const other of others(cluster, PROMETHEUS_RULE, before.raw)) {
    for (const name of alertClassesOf(other, ALERT_LABEL)) lost.delete(name);
    if (lost.size === 0) return;
  }
  for (const name of lost) {
    yield {
      message: `PrometheusRule ${subject.name} held the last alert on ${CLASS_TEXTS[name]}`,
      fix: `keep an alerting rule on it, or label one ${ALERT_LABEL}: ${name}`,
      location: after === undefined ? ROOT : field(ROOT, "spec", "groups"),
      key: `class ${name}`,
    };
  }
}

function* lostTargets(
  context: RuleContext,
  before: Judged,
  after: Judged | undefined,
): Iterable<Finding> {
  const { subject, cluster } = context;
  let found = 0;
  const seen = new Set<string>();
  for (const target of scrapeTargets(cluster, before.kind, before.raw, subject.namespace)) {
    const what = `${kindWord(target.kind)} ${target.namespace}/${nameOf(target.object) ?? ""}`;
    if (seen.has(what)) continue;
    if (seen.add(what).size > MAX_ASKED) return;
    if (after !== undefined && reaches(cluster, after.kind, after.raw, target)) continue;
    if (isReachedOtherwise(cluster, before, target)) continue;
    yield {
      message: `${kindWord(before.kind)} ${subject.name} was the last monitor of ${what}`,
      fix: "let another ServiceMonitor or PodMonitor select it first",
      location: after === undefined ? ROOT : field(ROOT, "spec"),
      key: `target ${what}`,
    };
    if (++found === MAX_TARGETS) return;
  }
}

function isReachedOtherwise(cluster: ClusterView, self: Judged, target: ScrapeTarget): boolean {
  for (const kind of MONITORS) {
    const monitors = kind === self.kind ? others(cluster, kind, self.raw) : cluster.list(kind);
    for (const monitor of monitors) {
      if (!isTerminating(monitor) && reaches(cluster, kind, monitor, target)) return true;
    }
  }
  return false;
}

/** All of a kind but the object itself. A walk, but over few objects and only when one goes. */
function* others(cluster: ClusterView, kind: GroupKind, self: JsonObject): Iterable<JsonObject> {
  for (const object of cluster.list(kind)) {
    const isSelf = nameOf(object) === nameOf(self) && namespaceOf(object) === namespaceOf(self);
    if (!isSelf && !isTerminating(object)) yield object;
  }
}
