import type { ClusterView } from "../../engine/cluster-view.ts";
import { externalNameOf, type ServiceName, serviceOfHost } from "../../kubernetes/route-host.ts";

/** A chain of aliases longer than this is a loop. */
const MAX_LINKS = 8;

/** Every Service that traffic to one ends up at, itself first: ExternalNames are followed. */
export function* aliasChain(cluster: ClusterView, start: ServiceName): Iterable<ServiceName> {
  let at: ServiceName | undefined = start;
  for (let link = 0; at !== undefined && link < MAX_LINKS; link++) {
    yield at;
    const service = cluster.get("Service", at.namespace, at.name);
    const host = service && externalNameOf(service);
    at = host === undefined ? undefined : serviceOfHost(host, at.namespace);
  }
}
