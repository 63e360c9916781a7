import { type JsonObject, ownObject, ownString } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { annotationOf, labelOf, labelsOf, specOf } from "./object.ts";

export const CONFIG_MAP: GroupKind = "ConfigMap";
export const GRAFANA_DASHBOARD: GroupKind = "GrafanaDashboard.grafana.integreatly.org";

/** The label by which Grafana's sidecar finds dashboards; its value is free. */
const SIDECAR_LABEL = "grafana_dashboard";

/** What the guide wants to see at a glance. */
export const DASHBOARD_TOPICS = ["latency", "errors", "cpu", "memory", "database-pool"] as const;

export type DashboardTopic = (typeof DASHBOARD_TOPICS)[number];

/** Metrics, or parts of their names, by which a dashboard is known to show a topic. */
export type TopicTokens = Readonly<Record<DashboardTopic, readonly string[]>>;

export const TOPIC_TOKENS: TopicTokens = {
  latency: [
    "_duration_seconds_bucket",
    "_duration_milliseconds_bucket",
    "_latency_seconds_bucket",
    "_latency_bucket",
    "_latency_ms_bucket",
    "http_server_requests_seconds",
    "http_server_request_duration",
    "http_server_duration",
  ],
  errors: [
    "5..",
    "5xx",
    "5.*",
    "5.+",
    "5[0-9]",
    "5\\d",
    "SERVER_ERROR",
    "_errors_total",
    "_error_total",
    "_failures_total",
    "STATUS_CODE_ERROR",
  ],
  cpu: ["container_cpu_usage_seconds_total", "process_cpu_", "pod_cpu_", "k8s_pod_cpu_"],
  memory: [
    "container_memory_working_set_bytes",
    "container_memory_rss",
    "container_memory_usage_bytes",
    "process_resident_memory_bytes",
    "jvm_memory_used",
    "k8s_pod_memory_",
  ],
  "database-pool": [
    "agroal_",
    "hikaricp_",
    "db_client_connection",
    "jdbc_connections_",
    "go_sql_",
    "pgbouncer_",
    "cnpg_backends_total",
    "cnpg_pgbouncer_",
    "pg_stat_activity_count",
  ],
};

export interface DashboardContent {
  readonly topics: ReadonlySet<DashboardTopic>;
  /** The panels lie elsewhere: at a URL, at grafana.com, in something that is not read. */
  readonly isElsewhere: boolean;
}

export function isDashboard(kind: GroupKind, object: JsonObject): boolean {
  return kind === GRAFANA_DASHBOARD || Object.hasOwn(labelsOf(object) ?? {}, SIDECAR_LABEL);
}

/**
 * What a ConfigMap for Grafana's sidecar, or a GrafanaDashboard, shows: by the metrics in its
 * panels, or by what its label or annotation `mark` says. Titles say nothing.
 */
export function dashboardOf(
  kind: GroupKind,
  object: JsonObject,
  mark: string,
  tokens: TopicTokens,
): DashboardContent {
  const said = `${labelOf(object, mark) ?? ""},${annotationOf(object, mark) ?? ""}`.split(/[,\s]+/);
  const texts = kind === CONFIG_MAP ? textsOf(object) : [ownString(specOf(object), "json") ?? ""];
  const topics = DASHBOARD_TOPICS.filter(
    (topic) => said.includes(topic) || texts.some((text) => hasAny(text, tokens[topic])),
  );
  const isElsewhere = kind === GRAFANA_DASHBOARD && texts.every((text) => text === "");
  return { topics: new Set(topics), isElsewhere };
}

function textsOf(configMap: JsonObject): string[] {
  return Object.values(ownObject(configMap, "data") ?? {}).filter(
    (value) => typeof value === "string",
  );
}

function hasAny(text: string, tokens: readonly string[]): boolean {
  return tokens.some((token) => text.includes(token));
}
