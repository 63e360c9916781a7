import { setTimeout as sleep } from "node:timers/promises";
import type { ApiRequest } from "../../../cluster/api-client.ts";
import { workload } from "../../support/manifests.ts";

const SPACE = "platform-application";

export interface ProbeResult {
  readonly calls: number;
  readonly failures: readonly string[];
}

export interface Probe {
  result(): ProbeResult;
  stop(): Promise<ProbeResult>;
}

/**
 * Server-side dry-run creates, each of which needs the guard's additions and its consent; a failure
 * is an answer other than 201, or an object that the guard did not touch.
 */
export function startProbe(request: ApiRequest, perSecond: number): Probe {
  const failures: string[] = [];
  let calls = 0;
  let stopped = false;
  const path = `/apis/apps/v1/namespaces/${SPACE}/deployments?dryRun=All`;
  const call = async () => {
    calls += 1;
    const started = Date.now();
    const body = workload("Deployment", `${SPACE}/probe`, { component: "api-gateway" });
    const problem = await request("POST", path, body).then(
      ({ status, text }) => {
        if (status !== 201) return text;
        return text.includes('"512Mi"') ? undefined : "nothing was filled in";
      },
      (error: unknown) => String(error),
    );
    if (problem !== undefined) failures.push(`${new Date(started).toISOString()} ${problem}`);
  };
  const run = async () => {
    const pending = new Set<Promise<void>>();
    while (!stopped) {
      const one = call().finally(() => pending.delete(one));
      pending.add(one);
      await sleep(1000 / perSecond);
    }
    await Promise.all(pending);
  };
  const running = run();
  const result = () => ({ calls, failures });
  return {
    result,
    async stop() {
      stopped = true;
      await running;
      return result();
    },
  };
}
