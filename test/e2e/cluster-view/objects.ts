import assert from "node:assert/strict";
import type { ClusterCache } from "../../../src/adapters/kube/cluster-cache.ts";
import { collectionOf } from "../../../src/adapters/kube/collection.ts";
import { projectionOf } from "../../../src/adapters/kube/projection.ts";
import { asObject, type JsonObject, ownArray } from "../../../src/kubernetes/json.ts";
import { type GroupKind, groupKindOf, kindInfo } from "../../../src/kubernetes/kinds.ts";
import { nameOf, namespaceOf } from "../../../src/kubernetes/object.ts";
import type { ApiRequest } from "../../cluster/api-client.ts";
import type { TestCluster } from "../../cluster/cluster.ts";
import { eventually } from "../../cluster/eventually.ts";
import { CLUSTER_CRD } from "../support/manifests.ts";

export const LIMIT_RANGE = "LimitRange";
export const CLUSTER = "Cluster.postgresql.cnpg.io";
export const BUDGET = "PodDisruptionBudget.policy";
/** Whole objects, cut ones, metadata only, cluster-scoped, a custom one, and one that is not there. */
export const KINDS: readonly GroupKind[] = [
  "Namespace",
  "Secret",
  "Deployment.apps",
  BUDGET,
  LIMIT_RANGE,
  CLUSTER,
  "Keycloak.k8s.keycloak.org",
];

export function pathOf(kind: GroupKind): string {
  const info = kindInfo(kind);
  assert.ok(info);
  return collectionOf(info).path;
}

/** `/api/v1/limitranges` to `/api/v1/namespaces/a/limitranges`, and on to the object. */
export function placeOf(kind: GroupKind, namespace: string, name?: string): string {
  const path = pathOf(kind);
  const slash = path.lastIndexOf("/");
  const spot = kindInfo(kind)?.namespaced ? `/namespaces/${namespace}` : "";
  const tail = name === undefined ? "" : `/${name}`;
  return `${path.slice(0, slash)}${spot}${path.slice(slash)}${tail}`;
}

export type Objects = ReadonlyMap<string, JsonObject>;

/** What the API server holds, as the cache should; undefined where it does not know the kind. */
export async function truthOf(request: ApiRequest, kind: GroupKind): Promise<Objects | undefined> {
  const info = kindInfo(kind);
  const answer = await request("GET", pathOf(kind));
  if (answer.status === 404 || info === undefined) return undefined;
  assert.equal(answer.status, 200, answer.text);
  const { project } = projectionOf(info);
  const items = ownArray(answer.json<JsonObject>(), "items").map((item) => asObject(item) ?? {});
  return byName(items.map(project));
}

export function heldBy(cache: ClusterCache, kind: GroupKind): Objects {
  return byName(cache.list(kind));
}

function byName(objects: Iterable<JsonObject>): Objects {
  const entries = [...objects].map(
    (object) => [`${namespaceOf(object) ?? ""}/${nameOf(object)}`, object] as const,
  );
  return new Map(entries.sort(([one], [two]) => (one < two ? -1 : 1)));
}

export async function send(
  request: ApiRequest,
  method: string,
  path: string,
  body?: object,
): Promise<JsonObject> {
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const answer = await request(method, path, body, type);
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.json<JsonObject>();
}

export async function create(
  request: ApiRequest,
  namespace: string,
  object: JsonObject,
): Promise<JsonObject> {
  const kind = groupKindOf(String(object["apiVersion"]), String(object["kind"]));
  return send(request, "POST", placeOf(kind, namespace), object);
}

export function deployment(name: string, memory = "64Mi"): JsonObject {
  const labels = { app: name };
  const resources = { requests: { memory }, limits: { memory } };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: "main", image: "registry.example/main:1", resources }] },
      },
    },
  };
}

export function limitRange(name: string, memory: string): JsonObject {
  const spec = { limits: [{ type: "Container", max: { memory } }] };
  return { apiVersion: "v1", kind: "LimitRange", metadata: { name }, spec };
}

export function budget(name: string): JsonObject {
  const spec = { maxUnavailable: 1, selector: { matchLabels: { app: name } } };
  return { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name }, spec };
}

export function secret(name: string): JsonObject {
  return { apiVersion: "v1", kind: "Secret", metadata: { name }, stringData: { key: "value" } };
}

export function database(name: string): JsonObject {
  const spec = { instances: 3 };
  return { apiVersion: "postgresql.cnpg.io/v1", kind: "Cluster", metadata: { name }, spec };
}

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** Resolves when they can be listed; the API server answers 429 for a moment. */
export async function defineDatabases({ request }: TestCluster): Promise<void> {
  await send(request, "POST", CRDS, CLUSTER_CRD);
  await eventually(async () => (await request("GET", pathOf(CLUSTER))).status === 200);
}

export async function removeDatabases({ request }: TestCluster): Promise<void> {
  const path = `${CRDS}/clusters.postgresql.cnpg.io`;
  await send(request, "DELETE", path);
  await eventually(async () => (await request("GET", path)).status === 404);
}
