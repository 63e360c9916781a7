import { setTimeout as sleep } from "node:timers/promises";
import type { ApiRequest } from "../../../cluster/api-client.ts";
import { workload } from "../../support/manifests.ts";
import type { Stored } from "../../support/platform.ts";

const SPACE = "platform-application";
const PATH = `/apis/apps/v1/namespaces/${SPACE}/deployments`;

export interface LoadResult {
  readonly created: number;
  /** With their time, in the words of the API server. */
  readonly failures: readonly string[];
  /** Milliseconds, ascending. */
  readonly latencies: readonly number[];
}

/** Creates Deployments at a steady pace, whether or not the ones before are answered. */
export function startLoad(servers: readonly ApiRequest[], perSecond: number) {
  const failures: string[] = [];
  const latencies: number[] = [];
  let created = 0;
  let stopped = false;

  const create = async (request: ApiRequest, name: string) => {
    const since = performance.now();
    const problem = await request("POST", PATH, api(name)).then(
      ({ status, text }) => (status === 201 ? undefined : `${status} ${text}`),
      (error: unknown) => String(error),
    );
    latencies.push(performance.now() - since);
    if (problem === undefined) created += 1;
    else failures.push(`${new Date().toISOString()} ${name}: ${problem}`);
  };

  const run = async () => {
    const pending = new Set<Promise<void>>();
    const since = performance.now();
    for (let n = 0; !stopped; n += 1) {
      const request = servers[n % servers.length];
      if (request === undefined) throw new RangeError("no API server");
      const one = create(request, `load-${n}`).finally(() => pending.delete(one));
      pending.add(one);
      await sleep(Math.max(0, since + ((n + 1) * 1000) / perSecond - performance.now()));
    }
    await Promise.all(pending);
  };
  const running = run();

  return {
    failures,
    async stop(): Promise<LoadResult> {
      stopped = true;
      await running;
      return { created, failures, latencies: latencies.toSorted((a, b) => a - b) };
    },
  };
}

function api(name: string): object {
  return workload("Deployment", `${SPACE}/${name}`, {
    component: "api-gateway",
    containers: [{ name: "api" }, { name: "sidecar", env: [{ name: "LEVEL", value: "info" }] }],
  });
}

/** Everything that the load stored, page by page. */
export async function storedLoad(request: ApiRequest): Promise<readonly Stored[]> {
  const all: Stored[] = [];
  let token = "";
  do {
    const answer = await request("GET", `${PATH}?limit=500&continue=${encodeURIComponent(token)}`);
    const page = answer.json<{ items: Stored[]; metadata: { continue?: string } }>();
    all.push(...page.items);
    token = page.metadata.continue ?? "";
  } while (token !== "");
  return all.filter(({ metadata }) => metadata.name.startsWith("load-"));
}
