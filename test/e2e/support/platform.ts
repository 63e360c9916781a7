import assert from "node:assert/strict";
import type { TestCluster } from "../../cluster/cluster.ts";
import { eventually } from "../../cluster/eventually.ts";
import type { KubectlResult } from "../../cluster/kubectl.ts";
import { guardTotal } from "./counters.ts";
import type { GuardProcess } from "./guard-process.ts";
import { type Installation, type InstallationOptions, install } from "./installation.ts";
import { namespace, workload } from "./manifests.ts";

export const PLATFORM_NAMESPACES = ["infrastructure", "data", "application", "observability"].map(
  (layer) => `platform-${layer}`,
);

/** A stored object, as far as tests look into it. */
export interface Stored {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion: string;
    readonly generation: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  // biome-ignore lint/suspicious/noExplicitAny: any kind
  readonly spec: any;
  readonly [field: string]: unknown;
}

/** An installation with the four namespaces of the embedded policy, driven by kubectl. */
export class Platform {
  readonly installation: Installation;
  readonly cluster: TestCluster;

  private constructor(installation: Installation) {
    this.installation = installation;
    this.cluster = installation.cluster;
  }

  /** Resolves when the API server asks the guard: its view of the entries is a moment behind. */
  static async start(options: InstallationOptions = {}): Promise<Platform> {
    const platform = new Platform(await install(options));
    try {
      await platform.applied(PLATFORM_NAMESPACES.map((name) => namespace(name)));
      await platform.untilAsked();
      return platform;
    } catch (error) {
      await platform.stop();
      throw error;
    }
  }

  get guard(): GuardProcess {
    const guard = this.installation.guards.findLast((one) => one.running());
    assert(guard, "no guard is running");
    return guard;
  }

  kubectl(...args: readonly string[]): Promise<KubectlResult> {
    return this.cluster.kubectl(args);
  }

  /** kubectl with objects on its standard input. */
  send(
    verb: "apply" | "create" | "replace",
    objects: object | readonly object[],
    ...args: readonly string[]
  ): Promise<KubectlResult> {
    const list = Array.isArray(objects) ? objects : [objects];
    const stdin = list.map((object) => JSON.stringify(object)).join("\n---\n");
    return this.cluster.kubectl([verb, "-f", "-", ...args], { stdin });
  }

  async applied(objects: object | readonly object[], ...args: readonly string[]) {
    return succeeded(await this.send("apply", objects, ...args));
  }

  /** What kubectl prints when it is refused, without the part that only names the file. */
  async refused(objects: object | readonly object[], ...args: readonly string[]): Promise<string> {
    return refusal(await this.send("apply", objects, ...args));
  }

  /** By a merge patch unless flags say otherwise. */
  patch(kind: string, place: string, change: object, ...flags: readonly string[]) {
    const [space = "", name = ""] = place.split("/");
    const args = flags.length > 0 ? flags : ["--type=merge"];
    return this.kubectl("patch", kind, name, "-n", space, "-p", JSON.stringify(change), ...args);
  }

  async get(kind: string, place: string): Promise<Stored> {
    const [space = "", name = ""] = place.split("/");
    const result = await this.kubectl("get", kind, name, "-n", space, "-o", "json");
    return JSON.parse(succeeded(result).stdout);
  }

  async list(kind: string, space: string, ...args: readonly string[]): Promise<readonly Stored[]> {
    const result = await this.kubectl("get", kind, "-n", space, "-o", "json", ...args);
    return JSON.parse(succeeded(result).stdout).items;
  }

  /** Whether the guard is asked for additions and decisions, tried on objects that never are. */
  async untilAsked(): Promise<void> {
    const space = "platform-application";
    const path = `/apis/apps/v1/namespaces/${space}/deployments?dryRun=All`;
    await eventually(async () => {
      const answer = await this.cluster.request("POST", path, workload("Deployment", `${space}/x`));
      return answer.text.includes('"policy.keymate.io/layer":"application"');
    });
    await eventually(async () => {
      const body = namespace("x", "no-layer");
      const answer = await this.cluster.request("POST", "/api/v1/namespaces?dryRun=All", body);
      return answer.status === 403;
    });
  }

  /** Until the guard's cache holds as many as there are: the watch is a moment behind. */
  async untilCached(kind: "Deployment.apps" | "LimitRange"): Promise<void> {
    await eventually(async () => {
      const result = await this.kubectl("get", kind, "--all-namespaces", "-o", "name");
      const there = succeeded(result).stdout.split("\n").length - 1;
      return there === (await guardTotal(this.guard, "keymate_guard_cache_objects", { kind }));
    });
  }

  stop(): Promise<void> {
    return this.installation.stop();
  }
}

export function succeeded(result: KubectlResult): KubectlResult {
  assert.equal(result.code, 0, result.stderr);
  return result;
}

/** The part that the guard wrote, and the name of the entry that carried it. */
export function refusal(result: KubectlResult): string {
  assert.equal(result.code, 1, `not refused: ${result.stdout}${result.stderr}`);
  const start = result.stderr.indexOf("admission webhook ");
  assert(start >= 0, `refused by somebody else: ${result.stderr}`);
  return result.stderr.slice(start).trimEnd();
}

/** The lines that kubectl shows as warnings. */
export function warningsOf({ stderr }: KubectlResult): readonly string[] {
  return stderr
    .split("\n")
    .filter((line) => line.startsWith("Warning: "))
    .map((line) => line.slice("Warning: ".length));
}
