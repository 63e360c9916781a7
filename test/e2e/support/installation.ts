import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { type ClusterOptions, startCluster, type TestCluster } from "../../cluster/cluster.ts";
import { type Forwarder, startForwarder } from "../../cluster/forwarder.ts";
import type { TokenOptions } from "../../cluster/token-kubeconfig.ts";
import { type GuardOptions, type GuardProcess, startGuard } from "./guard-process.ts";

/** The shipped manifests, with a Service that leads to the guard processes. */
export const OVERLAY = fileURLToPath(new URL("../overlay", import.meta.url));

/** Brings the manifests into a cluster, and the Service to the guard processes on loopback. */
export type InstallationSource = (cluster: TestCluster) => Promise<void>;

export const byKustomize: InstallationSource = async (cluster) => {
  const applied = await cluster.kubectl(["apply", "-k", OVERLAY]);
  if (applied.code !== 0) throw new Error(applied.stderr);
};

export interface InstallationOptions extends ClusterOptions {
  /** Default: by kustomize. */
  readonly source?: InstallationSource;
  /** Guard processes to start; default 1. */
  readonly replicas?: number;
  /** How it comes to Fail; at once by default, for tests of what it decides. */
  readonly failPolicy?: readonly string[];
  /** More flags for each of them. */
  readonly args?: readonly string[];
  /** And for one of them, counted from 1 in the order of their start. */
  readonly argsOf?: (guard: number) => readonly string[];
  /** How one of them runs, counted in the same way. */
  readonly runOf?: (guard: number) => Pick<GuardOptions, "env" | "nodeArgs">;
  /** How the guards reach the API server, and for how long. */
  readonly token?: (cluster: TestCluster) => Promise<TokenOptions>;
  /** Laid over the `spec` of the shipped policy. */
  readonly policy?: object;
  /** What the cluster holds before the guard comes. */
  readonly before?: (cluster: TestCluster) => Promise<void>;
}

/**
 * A cluster with the guard installed as shipped: manifests, RBAC and service account are those of
 * production; a forwarder on loopback stands in for kube-proxy.
 */
export interface Installation {
  readonly cluster: TestCluster;
  readonly guards: readonly GuardProcess[];
  readonly forwarder: Forwarder;
  /** One more guard behind the Service, or one in the place of another. */
  startGuard(args?: readonly string[]): Promise<GuardProcess>;
  /** Replaces the policy file of all guards. */
  writePolicy(spec: object): void;
  stop(): Promise<void>;
}

export async function install(options: InstallationOptions = {}): Promise<Installation> {
  const cluster = await startCluster({ controllerManager: true, ...options });
  try {
    await options.before?.(cluster);
    return await installIn(cluster, options);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function installIn(
  cluster: TestCluster,
  options: InstallationOptions,
): Promise<Installation> {
  await (options.source ?? byKustomize)(cluster);
  const token = await options.token?.(cluster);
  const kubeconfig = await cluster.tokenKubeconfig("keymate-guard", "keymate-guard", token);
  const forwarder = await startForwarder({ backends: [] });
  const policyFile = join(cluster.dir, "policy.yaml");
  const shipped = await shippedPolicy(cluster);
  const writePolicy = (spec: object) => {
    const text = JSON.stringify({ ...shipped, spec: { ...shipped.spec, ...spec } }, null, 2);
    writeFileSync(policyFile, text);
  };
  writePolicy(options.policy ?? {});
  const guards: GuardProcess[] = [];
  let logs = 0;
  const start = async (args: readonly string[] = []) => {
    logs += 1;
    const guard = await startGuard({
      logFile: join(cluster.dir, `guard-${logs}.log`),
      ...options.runOf?.(logs),
      args: [
        "--cluster=kubeconfig",
        `--kubeconfig=${kubeconfig}`,
        "--manage-webhooks=true",
        `--service-port=${forwarder.port}`,
        `--policy=${policyFile}`,
        ...(options.failPolicy ?? ["--fail-policy=fail"]),
        ...(options.args ?? []),
        ...(options.argsOf?.(logs) ?? []),
        ...args,
      ],
    });
    guards.push(guard);
    return guard;
  };
  const stopAll = async () => {
    await Promise.all(
      guards.filter((guard) => guard.running()).map((guard) => guard.stop("SIGKILL")),
    );
    await forwarder.stop();
  };
  try {
    const first = Array.from({ length: options.replicas ?? 1 }, () => start());
    const started = await Promise.all(first);
    forwarder.setBackends(started.map(({ port }) => port));
    await Promise.all(started.map((guard) => guard.ready()));
  } catch (error) {
    await stopAll();
    throw error;
  }
  return {
    cluster,
    guards,
    forwarder,
    startGuard: start,
    writePolicy,
    async stop() {
      await stopAll();
      await cluster.stop();
    },
  };
}

async function shippedPolicy(cluster: TestCluster): Promise<{ readonly spec: object }> {
  const answer = await cluster.request(
    "GET",
    "/api/v1/namespaces/keymate-guard/configmaps/keymate-guard-policy",
  );
  const { data } = answer.json<{ data: Record<string, string> }>();
  return parse(data["policy.yaml"] ?? "");
}
