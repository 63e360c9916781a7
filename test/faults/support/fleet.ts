import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../cluster/eventually.ts";
import type { GuardProcess } from "../../e2e/support/guard-process.ts";
import type { Platform } from "../../e2e/support/platform.ts";

/** How long new connections still come to a guard that was told to stop. */
const ENDPOINT_LAG_MS = 2_000;
const READY_MS = 90_000;

/** The replicas behind the Service, with a Deployment's hand on them. */
export class Fleet {
  readonly #platform: Platform;
  readonly #drains = new Set<Promise<void>>();
  #serving: GuardProcess[];

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#serving = platform.installation.guards.filter((guard) => guard.running());
  }

  get serving(): readonly GuardProcess[] {
    return this.#serving;
  }

  /** All replicas in turn, as maxSurge 1 and maxUnavailable 0 do it; old ones drain meanwhile. */
  async rollingUpdate(): Promise<void> {
    for (const old of [...this.#serving]) {
      const next = await this.#added();
      this.#serving = this.#serving.filter((guard) => guard !== old);
      const { forwarder } = this.#platform.installation;
      forwarder.remove(old.port, ENDPOINT_LAG_MS);
      const drained = old.stop("SIGTERM").then((code) => {
        assert.equal(code, 0, old.log());
        this.#drains.delete(drained);
      });
      // Told by drained().
      drained.catch(() => {});
      this.#drains.add(drained);
      await sleep(ENDPOINT_LAG_MS);
      assert(next.running(), next.log());
    }
  }

  /** Until every old replica has ended. */
  async drained(): Promise<void> {
    await Promise.all(this.#drains);
  }

  /** Ends a replica at once; its endpoint goes after `lagMs`, as the kubelet's word takes. */
  async kill(guard: GuardProcess, lagMs: number): Promise<void> {
    this.#serving = this.#serving.filter((other) => other !== guard);
    this.#platform.installation.forwarder.remove(guard.port, lagMs);
    await guard.stop("SIGKILL");
  }

  /** In the place of one that was killed, once its endpoint is gone. */
  async replace(): Promise<void> {
    await this.#added();
  }

  async #added(): Promise<GuardProcess> {
    const next = await this.#platform.installation.startGuard();
    await next.ready(READY_MS);
    this.#serving = [...this.#serving, next];
    this.#platform.installation.forwarder.setBackends(this.#serving.map(({ port }) => port));
    return next;
  }
}

const PATH = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/keymate-guard";

/** Until decisions are asked for with Fail, whenever the guard raises them to it. */
export async function untilFail({ cluster }: Platform): Promise<void> {
  await eventually(async () => {
    const { webhooks = [] } = (await cluster.request("GET", PATH)).json<{
      webhooks?: readonly { readonly name: string; readonly failurePolicy: string }[];
    }>();
    const strict = webhooks.filter(({ name }) => name.startsWith("enforce-"));
    return strict.length > 0 && strict.every(({ failurePolicy }) => failurePolicy === "Fail");
  }, 180_000);
}
