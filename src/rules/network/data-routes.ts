import { layerOfNamespace } from "../../engine/layered-namespaces.ts";
import type { Mode } from "../../engine/modes.ts";
import { kindWord } from "../../engine/policy.ts";
import type { RuleContext } from "../../engine/rule.ts";
import { ownString } from "../../kubernetes/json.ts";
import { field, type Location, ROOT } from "../../kubernetes/location.ts";
import { isDelegate } from "../../kubernetes/mesh-route.ts";
import { nameOf, specOf } from "../../kubernetes/object.ts";
import { type Backend, INGRESS, routesGranted } from "../../kubernetes/route.ts";
import { externalNameOf, type ServiceName, serviceOfHost } from "../../kubernetes/route-host.ts";
import { backendsOf, GATEWAYS, REFERENCE_GRANT, ROUTES, VIRTUAL_SERVICE } from "./route-kinds.ts";
import { aliasChain } from "./service-alias.ts";

export interface RouteParams {
  readonly layers: readonly string[];
  readonly internalGatewayClasses: readonly string[];
}

/** A way from outside into a guarded layer. */
export interface DataRoute {
  readonly layer: string;
  /** `HTTPRoute x exposes Service platform-data/db`. */
  readonly message: string;
  readonly fix: string;
  readonly location: Location;
  readonly key: string;
  readonly atMost?: Mode;
}

type Context = RuleContext<RouteParams>;

const FIX = "route to a service of the application layer, and let that talk to the data layer";

/** Every way in that the judged object opens, whatever namespace it lives in. */
export function dataRoutes(context: Context): Iterable<DataRoute> {
  const { kind } = context.object;
  if (kind === "Service") return aliasRoutes(context);
  if (GATEWAYS.includes(kind)) return gatewayRoutes(context);
  if (kind === REFERENCE_GRANT) return grantedRoutes(context);
  return backendRoutes(context);
}

function guardedLayer(context: Context, namespace: string): string | undefined {
  const layer = layerOfNamespace(context.platform, context.cluster, namespace);
  return layer !== undefined && context.params.layers.includes(layer) ? layer : undefined;
}

function* gatewayRoutes(context: Context): Iterable<DataRoute> {
  const { subject, object, params } = context;
  const layer = guardedLayer(context, subject.namespace);
  const gatewayClass = ownString(specOf(object.raw), "gatewayClassName") ?? "";
  if (layer === undefined || params.internalGatewayClasses.includes(gatewayClass)) return;
  yield {
    layer,
    message: `Gateway ${subject.name} takes traffic from outside into the ${layer} layer`,
    fix: "put the Gateway into the infrastructure or application layer",
    location: field(ROOT, "metadata", "namespace"),
    key: "gateway",
  };
}

function* grantedRoutes(context: Context): Iterable<DataRoute> {
  const { subject, object } = context;
  const layer = guardedLayer(context, subject.namespace);
  if (layer === undefined) return;
  for (const source of routesGranted(object.raw)) {
    yield {
      layer,
      message: `ReferenceGrant ${subject.name} lets ${source} expose Services of ${subject.namespace}`,
      fix: `remove the grant; ${FIX}`,
      location: field(ROOT, "spec", "from"),
      key: source,
    };
  }
}

function* backendRoutes(context: Context): Iterable<DataRoute> {
  const { subject, object } = context;
  const what = `${kindWord(object.kind)} ${subject.name}`;
  const isUnsure = object.kind === VIRTUAL_SERVICE && isDelegate(object.raw);
  let isSilent = true;
  for (const backend of backendsOf(object.kind, object.raw, subject.namespace)) {
    const target = guardedTarget(context, backend);
    if (target === undefined) continue;
    isSilent = false;
    const { layer, service, alias } = target;
    yield {
      layer,
      message: `${what} exposes Service ${service}${alias}`,
      fix: FIX,
      location: backend.location,
      key: `${service}${alias}`,
      ...(isUnsure ? { atMost: "warn" as const } : {}),
    };
  }
  const layer = object.kind === INGRESS ? guardedLayer(context, subject.namespace) : undefined;
  if (!isSilent || layer === undefined) return;
  yield {
    layer,
    message: `${what} opens the ${layer} layer to traffic from outside`,
    fix: FIX,
    location: field(ROOT, "metadata", "namespace"),
    key: "ingress",
  };
}

function guardedTarget(context: Context, backend: ServiceName) {
  for (const at of aliasChain(context.cluster, backend)) {
    const layer = guardedLayer(context, at.namespace);
    if (layer === undefined) continue;
    const isAlias = at !== backend;
    return {
      layer,
      service: `${at.namespace}/${at.name}`,
      alias: isAlias ? ` by the alias ${backend.namespace}/${backend.name}` : "",
    };
  }
  return undefined;
}

/** An ExternalName that a route of its namespace already uses; without one it opens nothing. */
function* aliasRoutes(context: Context): Iterable<DataRoute> {
  const { subject, object, cluster } = context;
  const host = externalNameOf(object.raw);
  const target = host === undefined ? undefined : serviceOfHost(host, subject.namespace);
  if (target === undefined || guardedLayer(context, subject.namespace) !== undefined) return;
  const guarded = guardedTarget(context, target);
  if (guarded === undefined) return;
  for (const kind of ROUTES) {
    for (const route of cluster.list(kind, subject.namespace)) {
      if (!usesService(backendsOf(kind, route, subject.namespace), subject)) continue;
      yield {
        layer: guarded.layer,
        message: `Service ${subject.name} is an alias of ${guarded.service}, and ${kindWord(kind)} ${nameOf(route) ?? ""} exposes it`,
        fix: FIX,
        location: field(ROOT, "spec", "externalName"),
        key: guarded.service,
      };
      return;
    }
  }
}

function usesService(backends: Iterable<Backend>, service: ServiceName): boolean {
  for (const { name, namespace } of backends) {
    if (name === service.name && namespace === service.namespace) return true;
  }
  return false;
}
