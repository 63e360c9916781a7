import { type JsonObject, own, ownObject, ownString } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { annotationOf, specOf } from "./object.ts";

export const DESTINATION_RULE: GroupKind = "DestinationRule.networking.istio.io";

/** How Ingress controllers, and on a Service Traefik, are told to keep a client with one Pod. */
const STICKY: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ["nginx.ingress.kubernetes.io/affinity", isNamed],
  ["nginx.org/sticky-cookie-services", isNamed],
  ["haproxy-ingress.github.io/affinity", isNamed],
  ["haproxy.org/cookie-persistence", isNamed],
  ["traefik.ingress.kubernetes.io/service.sticky.cookie", isTrue],
  ["ingress.kubernetes.io/affinity", isNamed],
  [
    "alb.ingress.kubernetes.io/target-group-attributes",
    (value) => /(?:^|[,\s])stickiness\.enabled=true(?:$|[,\s])/.test(value),
  ],
]);

export const STICKY_ANNOTATIONS: readonly string[] = [...STICKY.keys()];

function isNamed(value: string): boolean {
  return value.trim() !== "";
}

function isTrue(value: string): boolean {
  return value.trim() === "true";
}

/** Whether annotations of an Ingress, or of a Service, ask for sticky sessions. */
export function hasStickyAnnotation(object: JsonObject): boolean {
  for (const [key, asks] of STICKY) {
    const value = annotationOf(object, key);
    if (value !== undefined && asks(value)) return true;
  }
  return false;
}

export function hasClientAffinity(service: JsonObject): boolean {
  return ownString(specOf(service), "sessionAffinity") === "ClientIP";
}

/** A headless Service hands out the Pods themselves: there is nothing that could stick. */
export function balancesNothing(service: JsonObject): boolean {
  const spec = specOf(service);
  return own(spec, "clusterIP") === "None" || own(spec, "type") === "ExternalName";
}

/** Whether an Istio DestinationRule keeps a client with one Pod, by header, cookie, address or query. */
export function isSticky(rule: JsonObject): boolean {
  const balancer = ownObject(ownObject(specOf(rule), "trafficPolicy"), "loadBalancer");
  return ownObject(balancer, "consistentHash") !== undefined;
}
