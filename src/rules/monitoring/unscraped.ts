import { componentOf } from "../../engine/component.ts";
import { getOrAdd } from "../../engine/get-or-add.ts";
import type { Finding, RuleContext } from "../../engine/rule.ts";
import { podLabelsOf } from "../../kubernetes/indexes.ts";
import { type JsonObject, ownObject, ownString } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { ROOT } from "../../kubernetes/location.ts";
import {
  annotationOf,
  isTerminating,
  nameOf,
  namespaceOf,
  specOf,
} from "../../kubernetes/object.ts";
import {
  isMonitored,
  monitoredNamespaces,
  monitorSelects,
  POD_MONITOR,
  SCRAPE_ANNOTATION,
  SERVICE_MONITOR,
  scrapesPortOf,
} from "../../kubernetes/scrape.ts";
import { podTemplateOf } from "../../kubernetes/workload.ts";
import { SCRAPED_KINDS } from "./monitor-reach.ts";
import { hasEnvFrom, sendsTelemetry, type TelemetrySigns } from "./telemetry.ts";

const KEYCLOAK: GroupKind = "Keycloak.k8s.keycloak.org";
const CLUSTER: GroupKind = "Cluster.postgresql.cnpg.io";
const STATEFUL_SET: GroupKind = "StatefulSet.apps";

/** What critical components run as. */
export const COMPONENT_KINDS: readonly GroupKind[] = [...SCRAPED_KINDS, KEYCLOAK];

type Context = RuleContext<TelemetrySigns>;

/** A critical component whose metrics nobody asks for, and which sends none. */
export function* unscrapedFindings(context: Context): Iterable<Finding> {
  const { object, platform, params } = context;
  const claim = componentOf(platform, object);
  if (claim === undefined || platform.components.get(claim.name)?.critical !== true) return;
  const running = whatRuns(context);
  if (running === undefined || isAskedToScrape(running)) return;
  // What an operator runs takes neither variables nor injection from here.
  if (object.template !== undefined && sendsTelemetry(context, params)) return;
  if (isScraped(context, running)) return;
  const shown = claim.sure ? claim.name : `${claim.name} (by its ${claim.source})`;
  const doubt = hasEnvFrom(context) ? " (envFrom is not read)" : "";
  yield {
    message: `no ServiceMonitor, PodMonitor or scrape annotation reaches ${shown}, and it sends no metrics by OpenTelemetry${doubt}`,
    fix: "let a ServiceMonitor or PodMonitor select it, one that Prometheus selects in turn",
    location: ROOT,
    key: "unscraped",
  };
}

interface Running {
  readonly kind: GroupKind;
  readonly raw: JsonObject;
}

/** Keycloak's operator runs a StatefulSet of the same name; undefined: it does not run yet. */
function whatRuns({ object, subject, cluster }: Context): Running | undefined {
  if (object.kind !== KEYCLOAK) return object;
  const raw = cluster.get(STATEFUL_SET, subject.namespace, nameOf(object.raw) ?? "");
  return raw && { kind: STATEFUL_SET, raw };
}

/** By an annotation of its Pods. */
function isAskedToScrape({ kind, raw }: Running): boolean {
  const metadata =
    kind === CLUSTER
      ? ownObject(specOf(raw), "inheritedMetadata")
      : ownObject(podTemplateOf(kind, raw)?.raw, "metadata");
  return ownString(ownObject(metadata, "annotations"), SCRAPE_ANNOTATION) === "true";
}

function isScraped(context: Context, { kind, raw }: Running): boolean {
  const { cluster, subject } = context;
  const { namespace } = subject;
  const monitors = monitorsOf(context, namespace);
  for (const labels of podLabelsOf(kind, raw)) {
    if (monitors.pods.some((monitor) => monitorSelects(monitor, labels))) return true;
    for (const service of cluster.selecting("Service", namespace, labels)) {
      if (annotationOf(service, SCRAPE_ANNOTATION) === "true") return true;
      if (monitors.services.some((one) => isMonitored(one, service) && scrapesPortOf(one, service)))
        return true;
    }
  }
  return false;
}

interface Monitors {
  readonly services: readonly JsonObject[];
  readonly pods: readonly JsonObject[];
}

const MONITORS = Symbol("monitors by namespace that they look into");

/** All that look into a namespace. */
function monitorsOf({ cluster, once }: Context, namespace: string): Monitors {
  const { services, pods } = once(MONITORS, () => ({
    services: byNamespace(cluster.list(SERVICE_MONITOR)),
    pods: byNamespace(cluster.list(POD_MONITOR)),
  }));
  return { services: looking(services, namespace), pods: looking(pods, namespace) };
}

const EVERYWHERE = "any namespace";

type ByNamespace = ReadonlyMap<string, readonly JsonObject[]>;

function looking(monitors: ByNamespace, namespace: string): readonly JsonObject[] {
  return [...(monitors.get(namespace) ?? []), ...(monitors.get(EVERYWHERE) ?? [])];
}

function byNamespace(monitors: Iterable<JsonObject>): ByNamespace {
  const found = new Map<string, JsonObject[]>();
  for (const monitor of monitors) {
    if (isTerminating(monitor)) continue;
    const namespaces = monitoredNamespaces(monitor, namespaceOf(monitor) ?? "");
    for (const namespace of namespaces === "any" ? [EVERYWHERE] : namespaces) {
      getOrAdd(found, namespace, () => []).push(monitor);
    }
  }
  return found;
}
