import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestCluster } from "../../../cluster/cluster.ts";

export interface LiveEntry {
  readonly configuration: "mutating" | "validating";
  readonly name: string;
  /** PEM. */
  readonly caBundle: string;
}

const GROUP = "/apis/admissionregistration.k8s.io/v1";

/** The entries of both configurations; undefined as long as one does not exist. */
export async function liveEntries(cluster: TestCluster): Promise<LiveEntry[] | undefined> {
  const entries: LiveEntry[] = [];
  for (const configuration of ["mutating", "validating"] as const) {
    const path = `${GROUP}/${configuration}webhookconfigurations/keymate-guard`;
    const answer = await cluster.request("GET", path);
    if (answer.status === 404) return undefined;
    const { webhooks = [] } = answer.json<{
      webhooks?: { name: string; clientConfig: { caBundle?: string } }[];
    }>();
    for (const { name, clientConfig } of webhooks) {
      const caBundle = Buffer.from(clientConfig.caBundle ?? "", "base64").toString();
      entries.push({ configuration, name, caBundle });
    }
  }
  return entries;
}

/** Asks for a while and fails as soon as it does not hold: for what must not happen. */
export async function throughout(
  ms: number,
  what: string,
  holds: () => Promise<boolean>,
): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    assert(await holds(), what);
    await sleep(50);
  }
}

/** How long something took, for diagnostics. */
export function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
