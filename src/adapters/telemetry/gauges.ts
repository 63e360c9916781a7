import type { Registry } from "prom-client";
import { FAIL_STAGES, type FailStage } from "../../usecases/webhooks/fail-policy.ts";
import { type CacheState, registerCaches } from "./cache-gauges.ts";
import { counter, gauge } from "./read-at-scrape.ts";

/** What replicas share; undefined: not known, or nothing of the kind here. */
export interface SharedCertificateState {
  readonly generation: number | undefined;
  /** Of the Secret. */
  readonly state: string | undefined;
  /** How far the API server's clock is ahead of ours. */
  readonly clockSkewMs: number | undefined;
}

/** Read at each scrape. What does not exist in this set-up gives nothing, and no series appears. */
export interface GaugeSources {
  readonly version: string;
  /** Whether reviews may come. */
  ready(): boolean;
  certificates(): Iterable<CertificateDates>;
  /** Something is wrong with a newer certificate, or with where it comes from. */
  certificateProblem(): boolean;
  sharedCertificate(): SharedCertificateState;
  /** undefined while unknown, or where nobody keeps a bundle. */
  caBundleInSync(): boolean | undefined;
  /** undefined where the entries are somebody else's to write. */
  webhookWrites(): readonly WebhookWrites[] | undefined;
  /** undefined where somebody else writes the webhook entries. */
  failPolicy(): { readonly stage: FailStage; readonly answering: number | undefined } | undefined;
  caches(): Iterable<CacheState>;
  /** Wall clock milliseconds. */
  policyLoadedAt(): number | undefined;
  policyLoadFailed(): boolean;
  draining(): boolean;
  /** Bytes that this process may take; undefined where nobody limits it. */
  memoryLimit(): number | undefined;
  load(): { readonly requests: number; readonly bytes: number };
}

export interface CertificateDates {
  /** `leaf` or `ca`. */
  readonly certificate: string;
  readonly notBefore: Date | undefined;
  readonly notAfter: Date;
}

/** Writes of one webhook configuration since the start. */
export interface WebhookWrites {
  /** `mutating` or `validating`. */
  readonly configuration: string;
  /** `change`: we want something else than before; `repair`: somebody else changed our entries; `failed`. */
  readonly outcomes: Readonly<Record<"change" | "repair" | "failed", number>>;
}

/** Registers every gauge of the guard; all values are read from `sources` at scrape time. */
export function registerGauges(registry: Registry, sources: GaugeSources): void {
  registerState(registry, sources);
  registerTrust(registry, sources);
  registerShared(registry, sources);
  registerCaches(registry, () => sources.caches());
  registerFailPolicy(registry, sources);
  gauge(registry, "requests_in_flight", "Admission requests being answered", (set) =>
    set(sources.load().requests),
  );
  gauge(registry, "body_bytes_in_flight", "Bytes of large bodies being answered", (set) =>
    set(sources.load().bytes),
  );
  gauge(registry, "ready", "1 if every readiness check passes", (set) =>
    set(Number(sources.ready())),
  );
  gauge(registry, "draining", "1 from the stop signal to the end", (set) =>
    set(Number(sources.draining())),
  );
  gauge(registry, "memory_limit_bytes", "Memory that this process may take", (set) => {
    const limit = sources.memoryLimit();
    if (limit !== undefined) set(limit);
  });
}

function registerState(registry: Registry, sources: GaugeSources): void {
  gauge(registry, "build_info", "Always 1", (set) => set(1, { version: sources.version }), [
    "version",
  ]);
  gauge(
    registry,
    "policy_loaded_timestamp_seconds",
    "When the policy in force was loaded",
    (set) => {
      const loadedAt = sources.policyLoadedAt();
      if (loadedAt !== undefined) set(loadedAt / 1_000);
    },
  );
  gauge(registry, "policy_load_failed", "1 if a newer policy was refused", (set) =>
    set(Number(sources.policyLoadFailed())),
  );
}

function registerShared(registry: Registry, sources: GaugeSources): void {
  const shared = () => sources.sharedCertificate();
  gauge(registry, "certificate_generation", "Generation of the CA in memory", (set) => {
    const { generation } = shared();
    if (generation !== undefined) set(generation);
  });
  gauge(
    registry,
    "certificate_secret_state",
    "1 for the state that the certificate Secret was last found in",
    (set) => {
      const { state } = shared();
      if (state !== undefined) set(1, { state });
    },
    ["state"],
  );
  const ahead = "How far the API server's clock is ahead; 0 as far as the network explains it";
  gauge(registry, "clock_skew_seconds", ahead, (set) => {
    const { clockSkewMs } = shared();
    if (clockSkewMs !== undefined) set(clockSkewMs / 1_000);
  });
}

function registerFailPolicy(registry: Registry, sources: GaugeSources): void {
  gauge(
    registry,
    "webhook_fail_policy",
    "1 for the stage in force: ignore, proving or fail",
    (set) => {
      const stage = sources.failPolicy()?.stage;
      if (stage === undefined) return;
      for (const one of FAIL_STAGES) set(Number(one === stage), { stage: one });
    },
    ["stage"],
  );
  gauge(registry, "replicas_answering", "Replicas that answered the API server lately", (set) => {
    const answering = sources.failPolicy()?.answering;
    if (answering !== undefined) set(answering);
  });
}

function registerTrust(registry: Registry, sources: GaugeSources): void {
  gauge(
    registry,
    "certificate_expiry_timestamp_seconds",
    "When the certificates in service end",
    (set) => {
      for (const { certificate, notAfter } of sources.certificates()) {
        set(notAfter.getTime() / 1_000, { certificate });
      }
    },
    ["certificate"],
  );
  gauge(
    registry,
    "certificate_issued_timestamp_seconds",
    "When the certificates in service began",
    (set) => {
      for (const { certificate, notBefore } of sources.certificates()) {
        if (notBefore !== undefined) set(notBefore.getTime() / 1_000, { certificate });
      }
    },
    ["certificate"],
  );
  gauge(registry, "ca_bundle_in_sync", "1 if the API server trusts our issuer", (set) => {
    const inSync = sources.caBundleInSync();
    if (inSync !== undefined) set(Number(inSync));
  });
  gauge(registry, "certificate_problem", "1 if a newer certificate cannot be had or used", (set) =>
    set(Number(sources.certificateProblem())),
  );
  counter(
    registry,
    "webhook_writes_total",
    "Writes of the guard's own webhook entries; outcome: change, repair, failed",
    (set) => {
      for (const { configuration, outcomes } of sources.webhookWrites() ?? []) {
        for (const [outcome, count] of Object.entries(outcomes)) {
          set(count, { configuration, outcome });
        }
      }
    },
    ["configuration", "outcome"],
  );
}
