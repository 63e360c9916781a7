import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { ApiRequest } from "../../cluster/api-client.ts";
import { GUIDE, workload } from "../../e2e/support/manifests.ts";
import type { Stored } from "../../e2e/support/platform.ts";

export const SPACE = "platform-application";
export const DEPLOYMENTS = `/apis/apps/v1/namespaces/${SPACE}/deployments`;
/** Beyond it the pace drops instead of the queue growing. */
const MOST_PENDING = 500;

export interface Failure {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly problem: string;
}

export interface Creates {
  readonly sent: number;
  readonly created: number;
  readonly failures: readonly Failure[];
  /** Answered with 201 and without what the guard fills in. */
  readonly unmutated: readonly string[];
  /** A second. */
  readonly rate: number;
  /** Milliseconds, ascending. */
  readonly latencies: readonly number[];
}

/**
 * Creates Deployments that need the guard's additions and its consent, at a steady pace. With
 * `storeEach` all but each so many are dry runs, which admission treats alike.
 */
export function startCreates(servers: readonly ApiRequest[], perSecond: number, storeEach = 1) {
  const failures: Failure[] = [];
  const unmutated: string[] = [];
  const latencies: number[] = [];
  let [sent, created, stopped] = [0, 0, false];

  const create = async (request: ApiRequest, name: string, query: string) => {
    const [startedAt, since] = [Date.now(), performance.now()];
    const problem = await request("POST", `${DEPLOYMENTS}${query}`, deployment(name)).then(
      ({ status, text, json }) => {
        if (status !== 201) return `${status} ${text}`;
        if (!isMutated(json<Stored>())) unmutated.push(name);
        return undefined;
      },
      (error: unknown) => String(error),
    );
    latencies.push(performance.now() - since);
    if (problem === undefined) created += 1;
    else failures.push({ name, startedAt, endedAt: Date.now(), problem });
  };

  const started = performance.now();
  const run = async () => {
    const pending = new Set<Promise<void>>();
    for (; !stopped; sent += 1) {
      const request = servers[sent % servers.length];
      if (request === undefined) throw new RangeError("no API server");
      if (pending.size >= MOST_PENDING) await Promise.race(pending);
      const query = sent % storeEach === 0 ? "" : "?dryRun=All";
      const one = create(request, `load-${sent}`, query).finally(() => pending.delete(one));
      pending.add(one);
      await sleep(Math.max(0, started + ((sent + 1) * 1000) / perSecond - performance.now()));
    }
    const rate = (sent * 1000) / (performance.now() - started);
    await Promise.all(pending);
    return rate;
  };
  const running = run();

  return {
    failures,
    sent: () => sent,
    async stop(): Promise<Creates> {
      stopped = true;
      const rate = await running;
      latencies.sort((a, b) => a - b);
      return { sent, created, failures, unmutated, rate, latencies };
    },
  };
}

function deployment(name: string): object {
  return workload("Deployment", `${SPACE}/${name}`, {
    component: "api-gateway",
    containers: [{ name: "api" }, { name: "sidecar", env: [{ name: "LEVEL", value: "info" }] }],
  });
}

/** Whether an object has the layer's label and each container the guide's resources. */
export function isMutated({ metadata, spec }: Stored): boolean {
  const containers: readonly { readonly resources?: object }[] = spec.template.spec.containers;
  return (
    metadata.labels?.["policy.keymate.io/layer"] === "application" &&
    containers.every(({ resources }) => isDeepStrictEqual(resources, GUIDE))
  );
}

export function inWords({ sent, created, failures, unmutated, rate, latencies }: Creates): string {
  const at = (share: number) => (latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(0);
  return (
    `${sent} creates at ${rate.toFixed(1)} a second: ${created} created, ` +
    `${failures.length} failed, ${unmutated.length} unmutated; ` +
    `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, worst ${(latencies.at(-1) ?? 0).toFixed(0)} ms`
  );
}
