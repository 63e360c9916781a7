import { z } from "zod";
import { speaksForLayer } from "../../engine/layer-speaker.ts";
import { layerName } from "../../engine/names.ts";
import { PREFIX } from "../../engine/platform.ts";
import { defineRule, type RuleContext } from "../../engine/rule.ts";
import {
  ALERT_CLASSES,
  type AlertClass,
  alertClassesOf,
  CLASS_TEXTS,
  GRAFANA_ALERTS,
  labelledClass,
  PROMETHEUS_RULE,
} from "../../kubernetes/alert.ts";
import { CONFIG_MAP } from "../../kubernetes/dashboard.ts";
import { ROOT } from "../../kubernetes/location.ts";
import { isTerminating } from "../../kubernetes/object.ts";
import { OF_A_LAYER } from "./of-a-layer.ts";

const ALERT_LABEL = `${PREFIX}alert`;

/** Alerts of Grafana: what they measure is not read, a label says what they are about. */
const LABELLED = [CONFIG_MAP, GRAFANA_ALERTS];

const params = z.strictObject({
  layer: layerName.default("observability").describe("Layer that answers for the alerts"),
  classes: z
    .array(z.enum(ALERT_CLASSES))
    .default([...ALERT_CLASSES])
    .describe("Faults that an alert has to be on"),
});

export default defineRule({
  id: "mon-alerts-baseline",
  title: "Alerts are on restarts, errors, certificates and replication",
  why: "These four announce nearly every outage of an identity platform hours ahead or in its first minute; without an alert the users report it.",
  practice: "monitoring",
  since: "0.1.0",
  ...OF_A_LAYER,
  needs: ["Namespace", PROMETHEUS_RULE],
  consults: LABELLED,
  params,
  *check(context) {
    const { params } = context;
    if (!speaksForLayer(context, params.layer)) return;
    const covered = coveredClasses(context);
    for (const name of params.classes) {
      if (covered.has(name)) continue;
      yield {
        message: `no alert covers ${CLASS_TEXTS[name]}`,
        fix: `write an alerting rule on it; if Grafana holds one, label its ConfigMap or GrafanaAlertRuleGroup ${ALERT_LABEL}: ${name}`,
        location: ROOT,
        key: name,
      };
    }
  },
});

function coveredClasses({ cluster }: RuleContext): ReadonlySet<AlertClass> {
  const covered = new Set<AlertClass>();
  for (const rule of cluster.list(PROMETHEUS_RULE)) {
    if (isTerminating(rule)) continue;
    for (const name of alertClassesOf(rule, ALERT_LABEL)) covered.add(name);
  }
  for (const kind of LABELLED) {
    for (const object of cluster.list(kind)) {
      const name = isTerminating(object) ? undefined : labelledClass(object, ALERT_LABEL);
      if (name !== undefined) covered.add(name);
    }
  }
  return covered;
}
