import { asObject, type JsonObject, own, ownArray, ownObject, ownString } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { field, item, type Location, ROOT } from "./location.ts";
import { labelsOf, specOf } from "./object.ts";
import { selects } from "./selector.ts";

/** Monitors of the Prometheus operator. */
export const SERVICE_MONITOR: GroupKind = "ServiceMonitor.monitoring.coreos.com";
export const POD_MONITOR: GroupKind = "PodMonitor.monitoring.coreos.com";

/**
 * Where a monitor looks: `any` namespace, those it names, else its own. Source: NamespaceSelector,
 * monitoring.coreos.com/v1.
 */
export function monitoredNamespaces(
  monitor: JsonObject,
  ownNamespace: string,
): readonly string[] | "any" {
  const selector = ownObject(specOf(monitor), "namespaceSelector");
  if (own(selector, "any") === true) return "any";
  const names = ownArray(selector, "matchNames").filter((name) => typeof name === "string");
  return names.length === 0 ? [ownNamespace] : names;
}

export function looksInto(monitor: JsonObject, ownNamespace: string, namespace: string): boolean {
  const namespaces = monitoredNamespaces(monitor, ownNamespace);
  return namespaces === "any" || namespaces.includes(namespace);
}

/** Whether a ServiceMonitor selects a Service, or a PodMonitor Pods, by labels. */
export function monitorSelects(monitor: JsonObject, labels: JsonObject | undefined): boolean {
  return selects(own(specOf(monitor), "selector"), labels);
}

export function isMonitored(monitor: JsonObject, service: JsonObject): boolean {
  return monitorSelects(monitor, labelsOf(service));
}

/** A port that a ServiceMonitor scrapes by its name. */
export interface ScrapedPort {
  readonly name: string;
  readonly location: Location;
}

/** Endpoints with a targetPort instead name no port of the Service. */
export function* scrapedPorts(monitor: JsonObject): Iterable<ScrapedPort> {
  const endpoints = ownArray(specOf(monitor), "endpoints");
  const list = field(ROOT, "spec", "endpoints");
  for (let index = 0; index < endpoints.length; index++) {
    const name = ownString(asObject(endpoints[index]), "port");
    if (name === undefined || name === "") continue;
    yield { name, location: field(item(list, index), "port") };
  }
}

/** Whether an endpoint of a ServiceMonitor is there; one that names no port of it takes others. */
export function scrapesPortOf(monitor: JsonObject, service: JsonObject): boolean {
  return ownArray(specOf(monitor), "endpoints").some((endpoint) => {
    const name = ownString(asObject(endpoint), "port") ?? "";
    return name === "" || hasPort(service, name);
  });
}

/** What scrapers without an operator go by, on a Service or on Pods. */
export const SCRAPE_ANNOTATION = "prometheus.io/scrape";

export function hasPort(service: JsonObject, name: string): boolean {
  return ownArray(specOf(service), "ports").some(
    (port) => ownString(asObject(port), "name") === name,
  );
}

/** What a Service sends traffic to; undefined when somebody else writes its endpoints. */
export function serviceSelectorOf(service: JsonObject): JsonObject | undefined {
  const selector = ownObject(specOf(service), "selector");
  return selector === undefined || Object.keys(selector).length === 0 ? undefined : selector;
}
