import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { TestCluster } from "../../cluster/cluster.ts";
import { eventually } from "../../cluster/eventually.ts";
import type { KubectlResult } from "../../cluster/kubectl.ts";
import {
  type Container,
  type Kind,
  SIZED,
  type WorkloadOptions,
  workload,
} from "../support/manifests.ts";
import { type Platform, refusal, warningsOf } from "../support/platform.ts";

/** Of the same group, version and kind as those of the operators; their fields are not checked. */
export const CRDS = fileURLToPath(new URL("crds", import.meta.url));

export async function applyCrds(cluster: TestCluster): Promise<void> {
  const applied = await cluster.kubectl(["apply", "-f", CRDS]);
  assert.equal(applied.code, 0, applied.stderr);
  const established = ["wait", "--for=condition=Established", "crd", "--all", "--timeout=30s"];
  const waited = await cluster.kubectl(established);
  assert.equal(waited.code, 0, waited.stderr);
}

const readinessProbe = { httpGet: { path: "/ready", port: 8080 } };
const livenessProbe = { httpGet: { path: "/live", port: 8080 } };

/** A container that no rule has anything to say about. */
export function soundContainer(name: string, more: object = {}): Container {
  return { name, resources: SIZED, readinessProbe, livenessProbe, ...more };
}

export interface SoundOptions extends WorkloadOptions {
  /** More of `spec`. */
  readonly spec?: object;
}

/** A workload that no rule has anything to say about, but for its budget. */
export function sound(kind: Kind, place: string, options: SoundOptions) {
  const name = place.slice(place.indexOf("/") + 1);
  const made = workload(kind, place, { containers: [soundContainer(name)], ...options });
  const { template, ...spec } = made.spec as { template: { spec: object } };
  const spread = {
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: { app: name } },
  };
  const podSpec = { ...template.spec, topologySpreadConstraints: [spread] };
  return { ...made, spec: { ...spec, template: { ...template, spec: podSpec }, ...options.spec } };
}

/** The ids of the rules that refuse, in their order; fails when nothing is refused. */
export function refusedBy(result: KubectlResult): readonly string[] {
  return idsIn(refusal(result));
}

/** The ids of the rules that warn; fails when something is refused. */
export function warnedBy(result: KubectlResult): readonly string[] {
  assert.equal(result.code, 0, result.stderr);
  return idsIn(warningsOf(result).join("\n"));
}

function idsIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/^\[([a-z-]+)\] /gm)].map(([, id = ""]) => id))];
}

/**
 * Refused by this rule once the guard has seen what the test did before: its cache is a moment
 * behind the API server.
 */
export async function soonRefusedBy(
  rule: string,
  attempt: () => Promise<KubectlResult>,
): Promise<string> {
  return eventually(async () => {
    const result = await attempt();
    if (result.code === 0) return false;
    const text = refusal(result);
    return idsIn(text).includes(rule) && text;
  });
}

/** Lets what went before arrive in the guard's cache. */
export async function seen(platform: Platform, place: string, kind: string): Promise<void> {
  await platform.get(kind, place);
  await new Promise((resolve) => setTimeout(resolve, 300));
}
