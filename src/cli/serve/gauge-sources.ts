import { totalmem } from "node:os";
import { readCertificates } from "../../adapters/certs/pem.ts";
import type { ClusterCache } from "../../adapters/kube/cluster-cache.ts";
import type { CertificateDates, GaugeSources } from "../../adapters/telemetry/gauges.ts";
import type { ServingCertificate } from "../../usecases/ports/certificate-source.ts";
import type { Certificates } from "./certificates.ts";
import type { PolicyStore } from "./policy-store.ts";
import type { ManagedWebhooks } from "./webhooks.ts";

export interface GaugeParts {
  readonly version: string;
  readonly certificates: Certificates;
  readonly policies: PolicyStore;
  readonly cache: ClusterCache | undefined;
  readonly webhooks: ManagedWebhooks | undefined;
  readonly isDraining: () => boolean;
}

/** What the gauges show of a guard; the servers add what they alone know. */
export function gaugeSources(parts: GaugeParts): Omit<GaugeSources, "load" | "ready"> {
  const { version, certificates, policies, cache, webhooks, isDraining } = parts;
  const { source, clockSkewMs } = certificates;
  return {
    version,
    certificates: () => {
      const current = source.current();
      return current === undefined ? [] : datesOf(current);
    },
    certificateProblem: () => {
      const { healthy, problem } = source.health();
      return !healthy || problem !== undefined;
    },
    sharedCertificate: () => ({
      generation: source.shared?.generation(),
      state: source.shared?.condition(),
      clockSkewMs: clockSkewMs(),
    }),
    caBundleInSync: () => webhooks?.inSync,
    webhookWrites: () => webhooks?.writes(),
    failPolicy: () => webhooks?.failPolicy,
    caches: () => cacheStates(cache),
    policyLoadedAt: () => policies.loadedAt,
    policyLoadFailed: () => policies.failed,
    draining: isDraining,
    memoryLimit,
  };
}

export function cacheStates(cache: ClusterCache | undefined): ReturnType<GaugeSources["caches"]> {
  return (cache?.stats() ?? []).map(({ lastEvent, problem, ...stats }) => ({
    ...stats,
    problem: problem !== undefined,
    // 0: never heard of, as for a kind that is not installed.
    lastEventAt: lastEvent === 0 ? undefined : lastEvent,
  }));
}

function datesOf(current: ServingCertificate): readonly CertificateDates[] {
  const [leaf] = readCertificates(current.cert) ?? [];
  if (leaf === undefined) return [];
  const dates = { certificate: "leaf", notBefore: leaf.validFromDate, notAfter: current.notAfter };
  const { caNotAfter: notAfter } = current;
  if (notAfter === undefined) return [dates];
  const issuers = readCertificates(current.caBundle) ?? [];
  const issuer = issuers.find(({ publicKey }) => leaf.verify(publicKey));
  return [dates, { certificate: "ca", notBefore: issuer?.validFromDate, notAfter }];
}

/** Of the container; Node says 0 or something beyond all memory where there is none. */
export function memoryLimit(): number | undefined {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : undefined;
}
