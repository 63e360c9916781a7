import { asObject, type JsonObject, own, ownArray, ownObject, ownString } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { field, item, type Location, ROOT } from "./location.ts";
import { specOf } from "./object.ts";

/** A ServiceSpec, of a Service or of one that an operator makes. */
export interface ServiceSpec {
  readonly name: string | undefined;
  readonly raw: JsonObject;
  readonly annotations: JsonObject | undefined;
  readonly location: Location;
}

/** How clients outside the cluster get to a Service. */
export interface Exposure {
  /** `LoadBalancer`, `NodePort`, or an address of spec.externalIPs. */
  readonly by: string;
  /** A load balancer opens node ports too; addresses stand for themselves. */
  readonly rank: number;
  readonly location: Location;
}

const RANKS: ReadonlyMap<string, number> = new Map([
  ["NodePort", 1],
  ["LoadBalancer", 2],
]);

/** Set by a Gateway API controller on the Service that it makes for a Gateway (GEP-1762). */
const GATEWAY_LABEL = "gateway.networking.k8s.io/gateway-name";

/**
 * The Services that an object is or asks an operator for: of a CNPG Cluster the additional managed
 * ones, of a Pooler its own.
 */
export function serviceSpecsOf(kind: GroupKind, object: JsonObject): readonly ServiceSpec[] {
  const spec = specOf(object);
  if (spec === undefined) return [];
  const root = field(ROOT, "spec");
  if (kind === "Service") {
    const metadata = ownObject(object, "metadata");
    return [{ name: ownString(metadata, "name"), raw: spec, ...annotated(metadata, root) }];
  }
  if (kind === "Pooler.postgresql.cnpg.io") {
    return templated(own(spec, "serviceTemplate"), field(root, "serviceTemplate"));
  }
  if (kind !== "Cluster.postgresql.cnpg.io") return [];
  const services = ownObject(ownObject(spec, "managed"), "services");
  const list = field(root, "managed", "services", "additional");
  return ownArray(services, "additional").flatMap((entry, index) => {
    const template = own(asObject(entry), "serviceTemplate");
    const name = ownString(ownObject(asObject(template), "metadata"), "name");
    return templated(template, field(item(list, index, name), "serviceTemplate"));
  });
}

function templated(template: unknown, location: Location): readonly ServiceSpec[] {
  const raw = ownObject(asObject(template), "spec");
  if (raw === undefined) return [];
  const metadata = ownObject(asObject(template), "metadata");
  const at = field(location, "spec");
  return [{ name: ownString(metadata, "name"), raw, ...annotated(metadata, at) }];
}

function annotated(metadata: JsonObject | undefined, location: Location) {
  return { annotations: ownObject(metadata, "annotations"), location };
}

export function* exposuresOf({ raw, location }: ServiceSpec): Iterable<Exposure> {
  const type = ownString(raw, "type") ?? "ClusterIP";
  const rank = RANKS.get(type);
  if (rank !== undefined) yield { by: type, rank, location: field(location, "type") };
  const addresses = ownArray(raw, "externalIPs");
  for (let index = 0; index < addresses.length; index++) {
    const address = addresses[index];
    if (typeof address !== "string") continue;
    yield { by: address, rank: 0, location: item(field(location, "externalIPs"), index) };
  }
}

/** Whether a controller of the Gateway API or Istio's own chart made it: the way in of a mesh. */
export function isGatewayService(labels: JsonObject | undefined): boolean {
  if (own(labels, GATEWAY_LABEL) !== undefined) return true;
  return ownString(labels, "istio")?.endsWith("gateway") === true;
}
