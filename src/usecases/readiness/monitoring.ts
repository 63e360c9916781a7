import { PREFIX } from "../../engine/platform.ts";
import { plural } from "../../engine/text.ts";
import { ALERT_CLASSES, alertClassesOf } from "../../kubernetes/alert.ts";
import { parseTime, spanText } from "../../kubernetes/duration.ts";
import { own } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { annotationOf, nameOf, namespaceOf, statusOf } from "../../kubernetes/object.ts";
import { countOf, replicasOf } from "../../kubernetes/scale.ts";
import type { Gathered, LineSpec, Site, Unknown } from "./line-spec.ts";
import { componentsIn, type Found, objectsIn, shown } from "./places.ts";

const MONITORS: readonly GroupKind[] = [
  "ServiceMonitor.monitoring.coreos.com",
  "PodMonitor.monitoring.coreos.com",
];
const ALERTS: GroupKind = "PrometheusRule.monitoring.coreos.com";
const COLLECTOR = "telemetry-collector";

export const monitoringFlows: LineSpec = {
  id: "monitoring-flows",
  title: "Monitoring data flows",
  rules: ["mon-scrape-target", "mon-layer-present", "mon-dashboards"],
  oneOf: [MONITORS],
  gather(site): Gathered {
    const monitors = [...objectsIn(site, MONITORS)];
    const collectors = componentsIn(site).get(COLLECTOR) ?? [];
    const evidence = collectors.map((one) => `${COLLECTOR}: ${shown(one)}, ${readyText(one)}`);
    if (monitors.length > 0) {
      // Its own custom resource says so, which is not read.
      const doubt = "whether a Prometheus selects them is not verified";
      evidence.push(`${plural(monitors.length, "monitor")}: ${listOf(monitors)}; ${doubt}`);
    }
    return { evidence, unknown: silence(collectors), applies: site.places.length > 0 };
  },
};

/** Whether signals arrive is not to be seen from objects; whether somebody collects them is. */
function silence(collectors: readonly Found[]): readonly Unknown[] {
  const rule = "mon-layer-present";
  if (collectors.length === 0)
    return [{ text: `no workload of component ${COLLECTOR} found`, rule }];
  if (collectors.some((one) => readyOf(one) > 0)) return [];
  return [{ text: `no ${COLLECTOR} is ready`, rule }];
}

function readyOf({ object }: Found): number {
  return countOf(own(statusOf(object), "readyReplicas")) ?? 0;
}

function readyText(one: Found): string {
  return `${readyOf(one)} of ${replicasOf(one.kind, one.object)} ready`;
}

const SHOWN = 3;

function listOf(found: readonly Found[]): string {
  const names = found.slice(0, SHOWN).map(shown).join(", ");
  return found.length > SHOWN ? `${names} and ${found.length - SHOWN} more` : names;
}

export const alertsFire: LineSpec = {
  id: "alerts-fire",
  title: "Alerts fire",
  rules: ["mon-alerts-baseline", "mon-drill"],
  oneOf: [[ALERTS]],
  gather(site): Gathered {
    const evidence: string[] = [];
    const unknown: Unknown[] = [];
    const providers = providersOf(site);
    for (const name of ALERT_CLASSES) {
      const by = providers.get(name);
      if (by !== undefined) evidence.push(`${name}: PrometheusRule ${by}`);
      else unknown.push({ text: `no alert covers ${name}`, rule: "mon-alerts-baseline" });
    }
    const drill = newestMark(site, `${PREFIX}last-alert-drill`);
    if (drill !== undefined) evidence.push(`last alert drill ${drill}`);
    else {
      const text = `no alert drill is recorded: annotate the observability namespace with ${PREFIX}last-alert-drill`;
      unknown.push({ text, rule: "mon-drill" });
    }
    return { evidence, unknown, applies: site.places.length > 0 };
  },
};

/** The first provider of each class; rules of alerts may live in any namespace. */
function providersOf({ cluster }: Site): ReadonlyMap<string, string> {
  const providers = new Map<string, string>();
  const rules = [...cluster.list(ALERTS)].map((rule) => ({
    rule,
    place: `${namespaceOf(rule) ?? ""}/${nameOf(rule)}`,
  }));
  for (const { rule, place } of rules.sort((a, b) => (a.place < b.place ? -1 : 1))) {
    for (const name of alertClassesOf(rule, `${PREFIX}alert`)) {
      if (!providers.has(name)) providers.set(name, place);
    }
  }
  return providers;
}

/** The newest time that an annotation of the namespaces of the platform records; none in the future. */
export function newestMark({ places, now }: Site, annotation: string): string | undefined {
  let newest: { readonly at: number; readonly namespace: string } | undefined;
  for (const { namespace, object } of places) {
    const at = object && parseTime(annotationOf(object, annotation));
    if (at === undefined || at > now) continue;
    if (newest === undefined || at > newest.at) newest = { at, namespace };
  }
  if (newest === undefined) return undefined;
  return `${spanText(now - newest.at)} ago (Namespace ${newest.namespace})`;
}
