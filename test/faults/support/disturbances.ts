import { setTimeout as sleep } from "node:timers/promises";
import type { ApiRequest } from "../../cluster/api-client.ts";
import type { FaultProxy } from "../../cluster/fault-proxy.ts";
import { storedLoad } from "../../e2e/availability/support/steady-load.ts";
import { SIZED, workload } from "../../e2e/support/manifests.ts";
import { DEPLOYMENTS, isMutated, SPACE } from "./creates.ts";

const PODS = `/api/v1/namespaces/${SPACE}/pods`;
const GONE = { do: "answer", status: 410, body: "{}" } as const;

/** Does something again and again until it is told to stop; what goes wrong is kept. */
export class Repeated {
  readonly problems: string[] = [];
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  rounds = 0;

  constructor(everyMs: number, round: (problem: (text: string) => void) => Promise<void>) {
    this.#running = this.#run(everyMs, round);
  }

  async #run(everyMs: number, round: (problem: (text: string) => void) => Promise<void>) {
    const { signal } = this.#stop;
    const tell = (text: string) => this.problems.push(`${new Date().toISOString()} ${text}`);
    while (!signal.aborted) {
      await sleep(everyMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      await round(tell).catch((error: unknown) => tell(String(error)));
      this.rounds += 1;
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

/** Pods come and go, two a second. */
export function churnPods(request: ApiRequest): Repeated {
  let count = 0;
  return new Repeated(500, async (problem) => {
    count += 1;
    const containers = [{ name: "main", resources: SIZED }];
    const pod = workload("Pod", `${SPACE}/churn-${count}`, {
      component: "api-gateway",
      containers,
    });
    const made = await request("POST", PODS, pod);
    if (made.status !== 201) problem(`pod: ${made.status} ${made.text}`);
    const old = `${PODS}/churn-${count - 20}?gracePeriodSeconds=0`;
    const gone = count > 20 ? await request("DELETE", old) : undefined;
    if (gone !== undefined && gone.status !== 200)
      problem(`pod's end: ${gone.status} ${gone.text}`);
  });
}

/** Every watch of the guards is told that its version is gone, so that all kinds are listed again. */
export function forceRelists(proxy: FaultProxy, everyMs: number): Repeated {
  return new Repeated(everyMs, async () => {
    const lift = proxy.fault(({ isWatch }) => isWatch, GONE);
    proxy.drop();
    await sleep(2_000);
    lift();
    proxy.requests.length = 0;
  });
}

/** Looks at what was stored, and removes it: the store stays as large as it is. */
export function sweepStored(request: ApiRequest, everyMs: number, checked: (n: number) => void) {
  return new Repeated(everyMs, async (problem) => {
    const stored = await storedLoad(request);
    for (const one of stored) {
      const { name } = one.metadata;
      if (!isMutated(one)) problem(`${name} is stored unmutated`);
      const gone = await request("DELETE", `${DEPLOYMENTS}/${name}`);
      if (gone.status !== 200) problem(`${name}: ${gone.status} ${gone.text}`);
    }
    checked(stored.length);
  });
}
