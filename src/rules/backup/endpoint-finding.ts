import type { ClusterView } from "../../engine/cluster-view.ts";
import type { Finding, RuleContext } from "../../engine/rule.ts";
import { hostOf, isAddress, isClusterName, serviceName } from "../../kubernetes/backup-endpoint.ts";
import { field, ROOT } from "../../kubernetes/location.ts";

/** An object store that runs in the cluster whose backups it keeps. */
export function* endpointFindings(
  { cluster, params }: Pick<RuleContext<{ readonly clusterDomain: string }>, "cluster" | "params">,
  url: unknown,
  path: readonly string[],
): Iterable<Finding> {
  const host = typeof url === "string" ? hostOf(url) : undefined;
  if (host === undefined) return;
  if (!isClusterName(host, params.clusterDomain) && !isService(cluster, host)) return;
  yield {
    message: `endpoint ${host} is inside this cluster`,
    fix: "keep backups in an object store outside of the cluster",
    location: field(ROOT, ...path),
    key: `inside:${host}`,
  };
}

/** By one of its addresses, or as `name.namespace`. */
function isService(cluster: ClusterView, host: string): boolean {
  if (isAddress(host)) return cluster.byIndex("Service", "cluster-ip", host).size > 0;
  const service = serviceName(host);
  return (
    service !== undefined && cluster.get("Service", service.namespace, service.name) !== undefined
  );
}
