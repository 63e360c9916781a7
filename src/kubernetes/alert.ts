import { asObject, type JsonObject, ownArray, ownObject, ownString } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { labelsOf, specOf } from "./object.ts";

/** Faults that an identity platform has to be woken up for. */
export const ALERT_CLASSES = [
  "pod-restarts",
  "error-rate",
  "cert-expiry",
  "replication-lag",
] as const;

export type AlertClass = (typeof ALERT_CLASSES)[number];

export const PROMETHEUS_RULE: GroupKind = "PrometheusRule.monitoring.coreos.com";
export const GRAFANA_ALERTS: GroupKind = "GrafanaAlertRuleGroup.grafana.integreatly.org";

export const CLASS_TEXTS: Readonly<Record<AlertClass, string>> = {
  "pod-restarts": "Pod restarts",
  "error-rate": "the error rate",
  "cert-expiry": "certificate expiry",
  "replication-lag": "replication lag",
};

/** Metrics by which an expression is known; names of alerts say nothing. */
const TOKENS: readonly (readonly [AlertClass, string])[] = [
  ["pod-restarts", "kube_pod_container_status_restarts_total"],
  ["pod-restarts", "kube_pod_container_status_waiting_reason"],
  ["error-rate", "istio_requests_total"],
  ["error-rate", "http_server_"],
  ["cert-expiry", "certmanager_certificate_expiration_timestamp_seconds"],
  ["cert-expiry", "probe_ssl_earliest_cert_expiry"],
  ["cert-expiry", "x509_cert_"],
  ["replication-lag", "pg_replication_lag"],
];

/** How expressions ask for server errors; the same metrics also tell traffic and latency. */
const SERVER_ERRORS: readonly string[] = [
  "5..",
  "5xx",
  "5.*",
  "5.+",
  "5[0-9]",
  "5\\d",
  "500",
  "SERVER_ERROR",
];

/**
 * The classes that a PrometheusRule alerts on: by a metric in an expression, or by the label
 * `alertLabel` of the object or the alert. Recording rules alert nobody.
 */
export function alertClassesOf(rule: JsonObject, alertLabel: string): ReadonlySet<AlertClass> {
  const found = new Set<AlertClass>();
  addNamed(found, ownString(labelsOf(rule), alertLabel));
  for (const group of ownArray(specOf(rule), "groups")) {
    for (const entry of ownArray(asObject(group), "rules")) {
      const alert = asObject(entry);
      if (ownString(alert, "alert") === undefined) continue;
      addNamed(found, ownString(ownObject(alert, "labels"), alertLabel));
      addMeasured(found, ownString(alert, "expr") ?? "");
    }
  }
  return found;
}

/** The class that a label says an alert is of which no PrometheusRule holds, one of Grafana say. */
export function labelledClass(object: JsonObject, alertLabel: string): AlertClass | undefined {
  const label = ownString(labelsOf(object), alertLabel);
  return ALERT_CLASSES.find((each) => each === label);
}

function addNamed(found: Set<AlertClass>, label: string | undefined): void {
  const name = ALERT_CLASSES.find((each) => each === label);
  if (name !== undefined) found.add(name);
}

function addMeasured(found: Set<AlertClass>, expression: string): void {
  for (const [name, token] of TOKENS) {
    if (found.has(name) || !expression.includes(token)) continue;
    if (name === "error-rate" && !SERVER_ERRORS.some((text) => expression.includes(text))) continue;
    found.add(name);
  }
}
