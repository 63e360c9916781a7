import { eventually } from "../../cluster/eventually.ts";
import type { KubectlResult } from "../../cluster/kubectl.ts";
import { budget, claim, database, nightly, object, policy } from "../practices/objects.ts";
import { applyCrds, sound, soundContainer } from "../practices/support.ts";
import { guardTotal } from "../support/counters.ts";
import { workload } from "../support/manifests.ts";
import { Platform, succeeded } from "../support/platform.ts";

export const APP = "platform-application";
export const DATA = "platform-data";

/**
 * A healthy platform to be tried on: a gateway and a broker with budgets, a database with backups, a
 * volume, a default deny; and a developer who may edit both namespaces, as ClusterRole `edit` has it.
 */
export class Site {
  readonly platform: Platform;
  /** Path of the developer's kubeconfig. */
  readonly developer: string;

  private constructor(platform: Platform, developer: string) {
    this.platform = platform;
    this.developer = developer;
  }

  static async start(): Promise<Site> {
    const platform = await Platform.start({
      before: applyCrds,
      scheduler: true,
      kwok: true,
      audit: "Metadata",
    });
    try {
      await furnish(platform);
      return new Site(platform, await platform.cluster.tokenKubeconfig(APP, "developer"));
    } catch (error) {
      await platform.stop();
      throw error;
    }
  }

  kubectl(...args: readonly string[]): Promise<KubectlResult> {
    return this.platform.kubectl(...args);
  }

  apply(manifest: object | readonly object[], ...args: readonly string[]): Promise<KubectlResult> {
    return this.platform.send("apply", manifest, ...args);
  }

  create(manifest: object, ...args: readonly string[]): Promise<KubectlResult> {
    return this.platform.send("create", manifest, ...args);
  }

  patch(kind: string, place: string, change: object, ...flags: readonly string[]) {
    return this.platform.patch(kind, place, change, ...flags);
  }

  /** With the developer's own token. */
  asDeveloper(...args: readonly string[]): Promise<KubectlResult> {
    return this.platform.cluster.kubectl(args, { kubeconfig: this.developer });
  }

  /** Straight to the API server, for what kubectl would not send; the answer as kubectl shows it. */
  async raw(method: string, path: string, body?: unknown, type?: string): Promise<KubectlResult> {
    const answer = await this.platform.cluster.request(method, path, body, type);
    const warning = answer.headers["warning"] ?? "";
    const warnings = [...`${warning}`.matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(
      ([, text]) => `Warning: ${text}\n`,
    );
    if (answer.status < 300) return { code: 0, stdout: answer.text, stderr: warnings.join("") };
    const { message = answer.text } = parsed(answer.text);
    return { code: 1, stdout: "", stderr: `${warnings.join("")}Error from server: ${message}\n` };
  }

  /** Until the guard's cache holds as many of a kind as there are. */
  async cached(kind: string): Promise<void> {
    await eventually(async () => {
      const listed = await this.kubectl("get", kind, "--all-namespaces", "-o", "name");
      const there = succeeded(listed).stdout.split("\n").length - 1;
      const held = await guardTotal(this.platform.guard, "keymate_guard_cache_objects", { kind });
      return there === held;
    });
  }

  /** Makes what a try starts from, and waits until the guard has seen it. */
  async given(manifest: object | readonly object[], ...kinds: readonly string[]): Promise<void> {
    await this.platform.applied(manifest);
    for (const kind of kinds) await this.cached(kind);
  }

  /** Both workloads are rolled out: no upgrade waits for them. */
  async settled(): Promise<void> {
    const wait = ["rollout", "status", "--timeout=60s"];
    succeeded(await this.kubectl("-n", DATA, ...wait, "statefulset/broker"));
    succeeded(await this.kubectl("-n", APP, ...wait, "deployment/gateway"));
  }

  stop(): Promise<void> {
    return this.platform.stop();
  }
}

export const gateway = (replicas = 2, name = "gateway") =>
  sound("Deployment", `${APP}/${name}`, { component: "api-gateway", replicas });

async function furnish(platform: Platform): Promise<void> {
  await platform.applied([
    budget(`${APP}/gateway`),
    gateway(),
    budget(`${DATA}/broker`),
    sound("StatefulSet", `${DATA}/broker`, {
      component: "message-broker",
      containers: [soundContainer("broker")],
    }),
    database(`${DATA}/pg`),
    nightly(`${DATA}/nightly`, "pg"),
    claim(`${DATA}/files`),
    policy(`${DATA}/default-deny`, []),
    shell(),
    object("v1", "ServiceAccount", `${APP}/developer`, {}),
    ...[APP, DATA, "cnpg-system"].flatMap((space) => editor(space)),
  ]);
}

/** A Pod of no node: those of kwok take no resize. */
function shell(): object {
  const containers = [soundContainer("shell")];
  const made = workload("Pod", `${APP}/shell`, { component: "none", containers });
  return { ...made, spec: { ...made.spec, nodeSelector: { "example.com/no": "where" } } };
}

function editor(space: string): object[] {
  const made = space === "cnpg-system" ? operatorObjects(space) : [];
  const binding = object("rbac.authorization.k8s.io/v1", "RoleBinding", `${space}/developers`, {
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "edit" },
    subjects: [{ kind: "ServiceAccount", name: "developer", namespace: APP }],
  });
  return [...made, binding];
}

function operatorObjects(space: string): object[] {
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: space } },
    object("v1", "ServiceAccount", `${space}/cnpg-manager`, {}),
  ];
}

function parsed(text: string): { readonly message?: string } {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** A StatefulSet that says nothing about resources: refused in the data layer for that alone. */
export const unsized = (name: string, more: object = {}) =>
  workload("StatefulSet", `${DATA}/${name}`, { component: "none", ...more });

/** Of the same, as a Pod. */
export const unsizedPod = (name: string, metadata: object = {}) =>
  workload("Pod", `${DATA}/${name}`, {
    component: "none",
    containers: [{ name: "main" }],
    metadata: { name, namespace: DATA, ...metadata },
  });

/** A Deployment of the application layer with one thing about its container. */
export const withContainer = (name: string, container: object) =>
  sound("Deployment", `${APP}/${name}`, {
    component: "none",
    containers: [soundContainer("main", container)],
  });
