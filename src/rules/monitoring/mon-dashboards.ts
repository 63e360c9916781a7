import { z } from "zod";
import { speaksForLayer } from "../../engine/layer-speaker.ts";
import { layerName } from "../../engine/names.ts";
import { PREFIX } from "../../engine/platform.ts";
import { defineRule, type RuleContext } from "../../engine/rule.ts";
import {
  CONFIG_MAP,
  DASHBOARD_TOPICS,
  type DashboardTopic,
  dashboardOf,
  GRAFANA_DASHBOARD,
  isDashboard,
  TOPIC_TOKENS,
} from "../../kubernetes/dashboard.ts";
import { ROOT } from "../../kubernetes/location.ts";
import { isTerminating } from "../../kubernetes/object.ts";
import { OF_A_LAYER } from "./of-a-layer.ts";

const MARK = `${PREFIX}dashboard`;
const KINDS = [CONFIG_MAP, GRAFANA_DASHBOARD];

const TOPIC_TEXTS: Readonly<Record<DashboardTopic, string>> = {
  latency: "latency",
  errors: "errors",
  cpu: "CPU",
  memory: "memory",
  "database-pool": "the database pool",
};

const tokens = (topic: DashboardTopic) =>
  z
    .array(z.string().min(1))
    .default([...TOPIC_TOKENS[topic]])
    .describe(`A dashboard with one of these in its panels shows ${TOPIC_TEXTS[topic]}`);

const params = z.strictObject({
  layer: layerName.default("observability").describe("Layer that answers for the dashboards"),
  topics: z
    .array(z.enum(DASHBOARD_TOPICS))
    .default([...DASHBOARD_TOPICS])
    .describe("What a dashboard has to show"),
  tokens: z
    .strictObject({
      latency: tokens("latency"),
      errors: tokens("errors"),
      cpu: tokens("cpu"),
      memory: tokens("memory"),
      "database-pool": tokens("database-pool"),
    })
    .prefault({}),
});

type Context = RuleContext<z.output<typeof params>>;

export default defineRule<z.output<typeof params>>({
  id: "mon-dashboards",
  title: "Dashboards show latency, errors, CPU, memory and the database pool",
  why: "In an incident the first question is what changed; a dashboard that has yet to be built answers it the next day.",
  practice: "monitoring",
  since: "0.1.0",
  ...OF_A_LAYER,
  needs: ["Namespace", CONFIG_MAP, GRAFANA_DASHBOARD],
  params,
  *check(context) {
    const { params } = context;
    if (!speaksForLayer(context, params.layer)) return;
    const { shown, elsewhere } = dashboardsOf(context);
    const doubt = elsewhere === 0 ? "" : ` (${count(elsewhere)} cannot be read from here)`;
    for (const topic of params.topics) {
      if (shown.has(topic)) continue;
      yield {
        message: `no dashboard shows ${TOPIC_TEXTS[topic]}${doubt}`,
        fix: `add one as a ConfigMap with label grafana_dashboard or as a GrafanaDashboard, or annotate the one that does with ${MARK}: ${topic}`,
        location: ROOT,
        key: topic,
      };
    }
  },
});

function dashboardsOf({ cluster, params }: Context) {
  const shown = new Set<DashboardTopic>();
  let elsewhere = 0;
  for (const kind of KINDS) {
    for (const object of cluster.list(kind)) {
      if (isTerminating(object) || !isDashboard(kind, object)) continue;
      const { topics, isElsewhere } = dashboardOf(kind, object, MARK, params.tokens);
      for (const topic of topics) shown.add(topic);
      if (isElsewhere && topics.size === 0) elsewhere++;
    }
  }
  return { shown, elsewhere };
}

function count(elsewhere: number): string {
  return elsewhere === 1 ? "the panels of 1 dashboard" : `the panels of ${elsewhere} dashboards`;
}
