import type { JsonObject } from "./json.ts";
import { ownString } from "./json.ts";
import { specOf } from "./object.ts";

/** A Service by where it lives. */
export interface ServiceName {
  readonly namespace: string;
  /** `*` for every Service of the namespace. */
  readonly name: string;
}

/** No DNS name is longer. */
const MAX_LENGTH = 253;

/**
 * The Service that a host name of the cluster stands for: `db`, `db.ns`, `db.ns.svc`,
 * `db.ns.svc.cluster.local`, `db-0.db.ns.svc`. A name of two parts may as well be one of the
 * internet; whether its second part is a namespace is for the caller to know.
 */
export function serviceOfHost(host: string, ownNamespace: string): ServiceName | undefined {
  if (host.length > MAX_LENGTH) return undefined;
  const labels = (host.endsWith(".") ? host.slice(0, -1) : host).toLowerCase().split(".");
  const [name = "", namespace] = labels;
  if (name === "") return undefined;
  if (namespace === undefined) return { name, namespace: ownNamespace };
  if (labels.length === 2) return { name, namespace };
  const svc = labels.indexOf("svc", 2);
  const [service, home] = svc < 0 ? [] : labels.slice(svc - 2, svc);
  return service === undefined || home === undefined
    ? undefined
    : { name: service, namespace: home };
}

/** What a Service of type ExternalName is another name for. */
export function externalNameOf(service: JsonObject): string | undefined {
  const spec = specOf(service);
  return ownString(spec, "type") === "ExternalName" ? ownString(spec, "externalName") : undefined;
}
