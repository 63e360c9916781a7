import { asObject, type JsonObject, own, ownArray, ownObject, ownString } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { field, item, type Location, ROOT } from "./location.ts";
import { specOf } from "./object.ts";
import type { ServiceName } from "./route-host.ts";

/** A Service that a route sends traffic to. */
export interface Backend extends ServiceName {
  readonly location: Location;
}

export const INGRESS: GroupKind = "Ingress.networking.k8s.io";

const GATEWAY_API = "gateway.networking.k8s.io";

/** Routes of the Gateway API. */
export const GATEWAY_ROUTES: readonly GroupKind[] = [
  `HTTPRoute.${GATEWAY_API}`,
  `GRPCRoute.${GATEWAY_API}`,
  `TCPRoute.${GATEWAY_API}`,
  `TLSRoute.${GATEWAY_API}`,
];

/** Backends of an Ingress are Services of its own namespace. */
export function* ingressBackends(ingress: JsonObject, namespace: string): Iterable<Backend> {
  const spec = specOf(ingress);
  const root = field(ROOT, "spec");
  yield* serviceBackend(own(spec, "defaultBackend"), field(root, "defaultBackend"), namespace);
  const rules = ownArray(spec, "rules");
  for (let index = 0; index < rules.length; index++) {
    const paths = ownArray(ownObject(asObject(rules[index]), "http"), "paths");
    const list = field(item(field(root, "rules"), index), "http", "paths");
    for (let at = 0; at < paths.length; at++) {
      const backend = own(asObject(paths[at]), "backend");
      yield* serviceBackend(backend, field(item(list, at), "backend"), namespace);
    }
  }
}

function* serviceBackend(backend: unknown, at: Location, namespace: string): Iterable<Backend> {
  const name = ownString(ownObject(asObject(backend), "service"), "name");
  if (name !== undefined) yield { namespace, name, location: field(at, "service", "name") };
}

/** backendRefs and mirrors of a Gateway API route; the namespace defaults to the route's own. */
export function* routeBackends(route: JsonObject, namespace: string): Iterable<Backend> {
  const rules = ownArray(specOf(route), "rules");
  const list = field(ROOT, "spec", "rules");
  for (let index = 0; index < rules.length; index++) {
    const rule = asObject(rules[index]);
    const at = item(list, index);
    const refs = ownArray(rule, "backendRefs");
    for (let ref = 0; ref < refs.length; ref++) {
      const backend = asObject(refs[ref]);
      const location = item(field(at, "backendRefs"), ref);
      yield* referred(backend, location, namespace);
      yield* mirrored(backend, location, namespace);
    }
    yield* mirrored(rule, at, namespace);
  }
}

function* mirrored(
  holder: JsonObject | undefined,
  at: Location,
  namespace: string,
): Iterable<Backend> {
  const filters = ownArray(holder, "filters");
  for (let index = 0; index < filters.length; index++) {
    const mirror = ownObject(asObject(filters[index]), "requestMirror");
    const location = field(item(field(at, "filters"), index), "requestMirror", "backendRef");
    yield* referred(ownObject(mirror, "backendRef"), location, namespace);
  }
}

function* referred(
  reference: JsonObject | undefined,
  at: Location,
  namespace: string,
): Iterable<Backend> {
  const name = ownString(reference, "name");
  if (name === undefined || !isServiceKind(reference)) return;
  const given = ownString(reference, "namespace");
  yield { namespace: given ?? namespace, name, location: field(at, "name") };
}

/** Kind and group of a reference default to a Service. */
function isServiceKind(reference: JsonObject | undefined): boolean {
  const kind = ownString(reference, "kind") ?? "Service";
  return kind === "Service" && (ownString(reference, "group") ?? "") === "";
}

/** Attached to Services only, a route steers traffic inside the mesh (GAMMA) and opens nothing. */
export function isMeshRoute(route: JsonObject): boolean {
  const parents = ownArray(specOf(route), "parentRefs");
  return parents.length > 0 && parents.every((entry) => isMeshParent(asObject(entry)));
}

function isMeshParent(parent: JsonObject | undefined): boolean {
  const kind = ownString(parent, "kind") ?? "Gateway";
  return kind === "Service" || kind === "ServiceEntry";
}

/** Kinds of route, by namespace, that a ReferenceGrant lets reach Services of its own namespace. */
export function routesGranted(grant: JsonObject): readonly string[] {
  const spec = specOf(grant);
  const toService = ownArray(spec, "to").some((entry) => {
    const to = asObject(entry);
    return ownString(to, "kind") === "Service" && (ownString(to, "group") ?? "") === "";
  });
  if (!toService) return [];
  const from = ownArray(spec, "from").flatMap((entry) => {
    const source = asObject(entry);
    const kind = ownString(source, "kind") ?? "";
    const isRoute = ownString(source, "group") === GATEWAY_API && kind.endsWith("Route");
    return isRoute ? [`${kind} of ${ownString(source, "namespace") ?? "no namespace"}`] : [];
  });
  return [...new Set(from)].sort();
}
