import type { JsonObject } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { isBoundToGateway, isDelegate, meshHostsOf } from "../../kubernetes/mesh-route.ts";
import {
  type Backend,
  GATEWAY_ROUTES,
  INGRESS,
  ingressBackends,
  isMeshRoute,
  routeBackends,
} from "../../kubernetes/route.ts";
import { serviceOfHost } from "../../kubernetes/route-host.ts";

export const GATEWAYS: readonly GroupKind[] = [
  "Gateway.gateway.networking.k8s.io",
  "Gateway.networking.istio.io",
];
export const VIRTUAL_SERVICE: GroupKind = "VirtualService.networking.istio.io";
export const REFERENCE_GRANT: GroupKind = "ReferenceGrant.gateway.networking.k8s.io";
/** What sends traffic to the Services that it names. */
export const ROUTES: readonly GroupKind[] = [INGRESS, ...GATEWAY_ROUTES, VIRTUAL_SERVICE];

/** The Services that a route of any kind sends outside traffic to. */
export function backendsOf(
  kind: GroupKind,
  route: JsonObject,
  namespace: string,
): Iterable<Backend> {
  if (kind === INGRESS) return ingressBackends(route, namespace);
  if (kind !== VIRTUAL_SERVICE) return isMeshRoute(route) ? [] : routeBackends(route, namespace);
  if (!isBoundToGateway(route) && !isDelegate(route)) return [];
  return [...meshHostsOf(route)].flatMap(({ host, location }) => {
    const service = serviceOfHost(host, namespace);
    return service === undefined ? [] : [{ ...service, location }];
  });
}
