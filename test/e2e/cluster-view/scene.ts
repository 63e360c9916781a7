import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { ClusterCache } from "../../../src/adapters/kube/cluster-cache.ts";
import { loadConnection } from "../../../src/adapters/kube/connection.ts";
import type { Mode } from "../../../src/engine/modes.ts";
import type { GroupKind } from "../../../src/kubernetes/kinds.ts";
import { memoryLogger } from "../../adapters/kube/support.ts";
import type { TestCluster } from "../../cluster/cluster.ts";
import { FaultProxy, type Match } from "../../cluster/fault-proxy.ts";
import { grantLimits, type Login, loginOf } from "./access.ts";
import { fastClock, within } from "./fast-clock.ts";
import {
  CLUSTER,
  create,
  database,
  deployment,
  heldBy,
  KINDS,
  LIMIT_RANGE,
  limitRange,
  pathOf,
  placeOf,
  secret,
  send,
  truthOf,
} from "./objects.ts";
import { Watchdog } from "./watchdog.ts";

/** One cache with an account of its own that sees the cluster through a proxy of its own. */
export interface Scene {
  readonly namespace: string;
  readonly proxy: FaultProxy;
  readonly cache: ClusterCache;
  readonly login: Login;
  readonly watchdog: Watchdog;
  /** Modes of the findings about a Deployment of 2 GiB in a namespace whose limit was once 1 GiB. */
  verdict(): readonly Mode[];
  /** Creates, changes and deletes objects of every kind, past the proxy. */
  churn(tag: string): Promise<void>;
  /** Takes away what the verdict rests on. */
  liftLimit(): Promise<void>;
  hasLimit(): Promise<boolean>;
  differences(): Promise<readonly string[]>;
  /** Guard seconds from `since` until the cache is readable and equals the truth; 120 at most. */
  recovered(since: number): Promise<number>;
}

export async function openScene(
  t: TestContext,
  cluster: TestCluster,
  name: string,
): Promise<Scene> {
  const namespace = `app-${name}`;
  const { request } = cluster;
  await send(request, "POST", "/api/v1/namespaces", { metadata: { name: namespace } });
  await send(request, "POST", `/api/v1/namespaces/${namespace}/serviceaccounts`, {
    metadata: { name: "guard" },
  });
  await grantLimits(cluster, namespace);
  await seed(cluster, namespace);
  const proxy = await FaultProxy.start({
    upstream: cluster.server,
    ca: readFileSync(cluster.caFile, "utf8"),
    serving: {
      cert: readFileSync(join(cluster.dir, "serving.crt"), "utf8"),
      key: readFileSync(join(cluster.dir, "serving.key"), "utf8"),
    },
    now: () => fastClock.now(),
  });
  const folder = join(cluster.dir, namespace);
  const login = loginOf(cluster, namespace, folder);
  await login.renew();
  const connection = await loadConnection({
    cluster: "in-cluster",
    inClusterPresent: true,
    inClusterServer: proxy.url,
    serviceAccountDir: folder,
  });
  assert.ok(connection);
  const logger = memoryLogger();
  const parts = { connection, clock: fastClock, logger, random: Math.random };
  const cache = new ClusterCache({ ...parts, kinds: KINDS });
  const watchdog = new Watchdog(cache, namespace);
  const ended = new AbortController();
  t.after(async () => {
    ended.abort();
    watchdog.stop();
    connection.close();
    await proxy.stop();
  });
  cache.start(ended.signal);
  const scene = sceneOf({ cluster, namespace, proxy, cache, login, watchdog });
  await scene.recovered(fastClock.now());
  await within(60, () => proxy.watches() === KINDS.length - 1);
  assert.deepEqual(scene.verdict(), ["enforce"]);
  watchdog.start();
  return scene;
}

type Parts = Pick<Scene, "namespace" | "proxy" | "cache" | "login" | "watchdog"> & {
  readonly cluster: TestCluster;
};

function sceneOf(parts: Parts): Scene {
  const { cluster, namespace, cache, watchdog } = parts;
  const { request } = cluster;
  const differences = async () => {
    const found: string[] = [];
    for (const kind of KINDS) {
      const truth = await truthOf(request, kind);
      const readability = cache.readability(kind);
      if (readability !== (truth === undefined ? "absent" : "readable")) {
        found.push(`${kind} is ${readability} (${cache.reason(kind)})`);
      }
      if (!isDeepStrictEqual(heldBy(cache, kind), truth ?? new Map())) {
        found.push(`${kind} differs from the truth`);
      }
    }
    return found;
  };
  return {
    ...parts,
    verdict: () => watchdog.verdict(),
    churn: (tag) => churn(cluster, namespace, tag),
    async liftLimit() {
      await send(request, "DELETE", placeOf(LIMIT_RANGE, namespace, "limit"));
    },
    async hasLimit() {
      return (await truthOf(request, LIMIT_RANGE))?.has(`${namespace}/limit`) === true;
    },
    differences,
    async recovered(since) {
      let left: readonly string[] = [];
      const seconds = () => (fastClock.now() - since) / 1000;
      const equal = async () => {
        left = await differences();
        return left.length === 0;
      };
      await within(120 - seconds(), equal, () => left.join("; "));
      return Math.round(seconds() * 10) / 10;
    },
  };
}

async function seed({ request }: TestCluster, namespace: string): Promise<void> {
  await create(request, namespace, limitRange("limit", "1Gi"));
  for (const name of ["changed", "deleted"]) {
    await create(request, namespace, deployment(name));
    await create(request, namespace, secret(name));
    await create(request, namespace, database(name));
  }
}

async function churn({ request }: TestCluster, namespace: string, tag: string): Promise<void> {
  await create(request, namespace, deployment(`new-${tag}`));
  await create(request, namespace, secret(`new-${tag}`));
  await create(request, namespace, database(`new-${tag}`));
  await create(request, namespace, limitRange(`roomy-${tag}`, "64Gi"));
  const labels = { metadata: { labels: { tag } } };
  await send(request, "PATCH", `/api/v1/namespaces/${namespace}`, labels);
  for (const kind of ["Deployment.apps", "Secret", CLUSTER] as GroupKind[]) {
    await send(request, "PATCH", placeOf(kind, namespace, "changed"), labels);
    const gone = await request("DELETE", placeOf(kind, namespace, "deleted"));
    assert.ok(gone.status === 200 || gone.status === 404, gone.text);
  }
}

/** Requests for all objects of a kind, or of any kind of the scene. */
export function about(...kinds: readonly GroupKind[]): Match {
  const paths = new Set((kinds.length === 0 ? KINDS : kinds).map(pathOf));
  return ({ path }) => paths.has(path);
}

/**
 * The shortest time in guard seconds between two relists of one kind that the server answered;
 * Infinity when no kind was listed three times.
 */
export function relistSpacing({ proxy }: Scene): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (const path of KINDS.map(pathOf)) {
    const times = proxy.requests
      .filter((seen) => seen.path === path && !seen.isWatch && seen.status === 200)
      .filter(({ query }) => !query.has("continue"))
      .map(({ at }) => at / 1000);
    const relists = times.slice(1);
    relists.slice(1).forEach((at, index) => {
      shortest = Math.min(shortest, at - (relists[index] ?? 0));
    });
  }
  return shortest;
}
