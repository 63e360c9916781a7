import { asObject, type JsonObject, own, ownArray, ownObject, ownString } from "./json.ts";
import { field, item, type Location, ROOT } from "./location.ts";
import { specOf } from "./object.ts";

/** A host that an Istio VirtualService names. */
export interface MeshHost {
  readonly host: string;
  readonly location: Location;
}

/** The reserved gateway that stands for all sidecars. */
const MESH = "mesh";

/** Bound to a real gateway; without any it only steers traffic between sidecars. */
export function isBoundToGateway(service: JsonObject): boolean {
  return ownArray(specOf(service), "gateways").some((name) => name !== MESH);
}

/** Without hosts it is a part of another VirtualService, which alone knows the gateways. */
export function isDelegate(service: JsonObject): boolean {
  return ownArray(specOf(service), "hosts").length === 0;
}

/** Its own hosts and the destinations of all routes but those that match only in the mesh. */
export function* meshHostsOf(service: JsonObject): Iterable<MeshHost> {
  const spec = specOf(service);
  const root = field(ROOT, "spec");
  const hosts = ownArray(spec, "hosts");
  for (let index = 0; index < hosts.length; index++) {
    const host = hosts[index];
    if (typeof host === "string") yield { host, location: item(field(root, "hosts"), index) };
  }
  for (const protocol of ["http", "tls", "tcp"]) {
    const routes = ownArray(spec, protocol);
    for (let index = 0; index < routes.length; index++) {
      const route = asObject(routes[index]);
      if (route === undefined || isInsideOnly(route)) continue;
      yield* destinationsOf(route, item(field(root, protocol), index));
    }
  }
}

function* destinationsOf(route: JsonObject, at: Location): Iterable<MeshHost> {
  for (const list of ["route", "mirrors"]) {
    const entries = ownArray(route, list);
    for (let index = 0; index < entries.length; index++) {
      const destination = ownObject(asObject(entries[index]), "destination");
      const host = ownString(destination, "host");
      const location = field(item(field(at, list), index), "destination", "host");
      if (host !== undefined) yield { host, location };
    }
  }
  const mirror = ownString(ownObject(route, "mirror"), "host");
  if (mirror !== undefined) yield { host: mirror, location: field(at, "mirror", "host") };
}

/** Every match names the gateways, and they are sidecars. */
function isInsideOnly(route: JsonObject): boolean {
  const matches = ownArray(route, "match");
  return (
    matches.length > 0 &&
    matches.every((match) => {
      const gateways = own(asObject(match), "gateways");
      return Array.isArray(gateways) && gateways.length > 0 && gateways.every((g) => g === MESH);
    })
  );
}
