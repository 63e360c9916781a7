import type { TestContext } from "node:test";
import type { ApiResponse } from "../../cluster/api-client.ts";
import type { Call } from "./call.ts";
import type { Hook } from "./hook.ts";
import type { Site } from "./site.ts";

export const MIB = 1024 * 1024;
export const NAMESPACE = "sizes";
export const DEPLOYMENTS = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;

export function deployment(name: string, args: readonly string[], status?: object): object {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: "main", image: "registry.example/web:1", args }] },
      },
    },
    ...(status ? { status } : {}),
  };
}

const mib = (bytes: number) => `${(bytes / MIB).toFixed(2)} MiB`;
const ms = (value: number) => `${value.toFixed(0)} ms`;

function describeCall(name: string, call: Call | undefined): string {
  if (!call) return `${name} not called`;
  return `${name} ${mib(call.bytes)} received in ${ms(call.receiveMs)}, parsed in ${ms(call.parseMs)}`;
}

/** A pair of hooks that see every deployment of the namespace, and what they saw. */
export class Sizes {
  #site: Site | undefined;
  #hooks: readonly Hook[] = [];

  async start(site: Site): Promise<void> {
    this.#site = site;
    const [mutating, validating] = [await site.hook(), await site.hook()];
    this.#hooks = [mutating, validating];
    await site.namespace(NAMESPACE);
    const entry = {
      namespace: NAMESPACE,
      resources: ["deployments"],
      operations: ["CREATE", "UPDATE"],
      timeoutSeconds: 30,
    };
    await site.register("sizes", [
      { ...entry, flavour: "Mutating", hook: mutating },
      { ...entry, flavour: "Validating", hook: validating },
    ]);
  }

  async memory(): Promise<string> {
    const metrics = await this.#site!.cluster.metrics();
    return mib(Number(/^process_resident_memory_bytes (.+)$/m.exec(metrics)?.[1]));
  }

  /** The same update where no webhook looks on, to tell what the webhooks cost. */
  async quiet(t: TestContext, stored: number, next: number): Promise<void> {
    const { cluster } = this.#site!;
    const path = "/apis/apps/v1/namespaces/default/deployments";
    await this.#site!.make(path, deployment("quiet", ["<".repeat(stored)]));
    for (const turn of ["first", "second", "third"]) {
      const body = JSON.stringify(deployment("quiet", ["<".repeat(next)]));
      const start = performance.now();
      const { status } = await cluster.request("PUT", `${path}/quiet?dryRun=All`, body);
      const took = performance.now() - start;
      t.diagnostic(`without webhooks, ${turn}: status ${status} after ${ms(took)}`);
    }
  }

  /** Sends one request; what it takes beside the hooks' own work is the API server's. */
  async send(t: TestContext, what: string, request: () => Promise<ApiResponse>) {
    for (const hook of this.#hooks) hook.reset();
    const before = await this.memory();
    const start = performance.now();
    const answer = await request();
    const total = performance.now() - start;
    const [mutating, validating] = this.#hooks.map((hook) => hook.calls[0]);
    const hooks = [mutating, validating].reduce(
      (sum, call) => sum + (call ? call.receiveMs + call.parseMs : 0),
      0,
    );
    t.diagnostic(
      `${what}: status ${answer.status} after ${ms(total)}, ${ms(total - hooks)} of it not in the hooks; ` +
        `${describeCall("mutating", mutating)}; ${describeCall("validating", validating)}; ` +
        `resident memory of the API server ${before}, then ${await this.memory()}`,
    );
    return { answer, mutating: mutating?.bytes ?? 0, validating: validating?.bytes ?? 0 };
  }
}
