/** An API server that holds a crowd, pages its lists and has no news. Prints its URL. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  autoscaler,
  budget,
  type CrowdSize,
  isStateful,
  namespaces,
  networkPolicy,
  pod,
  replicaSet,
  workload,
} from "./crowd.ts";

interface Collection {
  readonly count: number;
  readonly items: (from: number, to: number) => object[];
}

const EMPTY: Collection = { count: 0, items: () => [] };

/** No operator is installed: these groups are all there are. */
const GROUPS = {
  kind: "APIGroupList",
  groups: ["apps", "autoscaling", "batch", "networking.k8s.io", "policy"].map((name) => ({ name })),
};

const collections = collectionsOf(JSON.parse(process.argv[2] ?? "") as CrowdSize);

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://crowd");
  const collection = collections.get(pathname);
  const isDiscovery = pathname === "/apis";
  const status = collection === undefined && !isDiscovery ? 404 : 200;
  response.writeHead(status, { "content-type": "application/json" });
  if (isDiscovery) response.end(JSON.stringify(GROUPS));
  else if (collection === undefined) response.end("{}");
  // A watch stays open and silent.
  else if (searchParams.get("watch") === "true") response.flushHeaders();
  else sendPage(response, collection, searchParams);
});
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.stdin.on("end", () => process.exit(0)).resume();

function sendPage(response: ServerResponse, { count, items }: Collection, query: URLSearchParams) {
  const from = Number(query.get("continue") ?? 0);
  const to = Math.min(from + Number(query.get("limit") ?? 500), count);
  const next = to < count ? { continue: String(to) } : {};
  const metadata = { resourceVersion: "900000", ...next };
  response.end(JSON.stringify({ kind: "List", metadata, items: items(from, to) }));
}

function collectionsOf(size: CrowdSize): ReadonlyMap<string, Collection> {
  const { workloads } = size;
  const each = (
    count: number,
    make: (index: number) => object,
    keep: (index: number) => boolean = () => true,
  ): Collection => ({ count, items: (from, to) => range(from, to).filter(keep).map(make) });
  const isDeployment = (index: number) => !isStateful(index);
  return new Map<string, Collection>([
    ["/api/v1/namespaces", { count: 1, items: namespaces }],
    ["/apis/apps/v1/deployments", each(workloads, workload, isDeployment)],
    ["/apis/apps/v1/statefulsets", each(workloads, workload, isStateful)],
    ["/apis/apps/v1/replicasets", each(workloads, replicaSet, isDeployment)],
    ["/apis/policy/v1/poddisruptionbudgets", each(size.budgets, budget)],
    ["/apis/autoscaling/v2/horizontalpodautoscalers", each(size.autoscalers, autoscaler)],
    ["/apis/networking.k8s.io/v1/networkpolicies", each(size.networkPolicies, networkPolicy)],
    ["/api/v1/pods", each(size.pods, (index) => pod(index, workloads))],
    ["/api/v1/services", EMPTY],
    ["/api/v1/persistentvolumeclaims", EMPTY],
    ["/api/v1/limitranges", EMPTY],
    ["/api/v1/replicationcontrollers", EMPTY],
    ["/apis/apps/v1/daemonsets", EMPTY],
    ["/apis/apps/v1/controllerrevisions", EMPTY],
    ["/apis/batch/v1/jobs", EMPTY],
    ["/apis/batch/v1/cronjobs", EMPTY],
    ["/apis/networking.k8s.io/v1/ingresses", EMPTY],
  ]);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
