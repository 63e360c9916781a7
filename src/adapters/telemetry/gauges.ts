import { Gauge, type Registry } from "prom-client";

/** What one cached kind looks like at the moment. */
export interface CacheState {
  readonly kind: string;
  readonly objects: number;
  readonly synced: boolean;
  /** Wall clock milliseconds; undefined before the first event. */
  readonly lastEventAt: number | undefined;
}

/** How the certificate is kept up; undefined: not known, or nothing of the kind here. */
export interface CertificateUpkeep {
  readonly isFailing: boolean;
  readonly generation: number | undefined;
  /** Of the Secret that replicas share. */
  readonly secretState: string | undefined;
  /** How far the API server's clock is ahead of ours. */
  readonly clockSkewMs: number | undefined;
}

/** Read at each scrape. What does not exist in this set-up gives nothing, and no series appears. */
export interface GaugeSources {
  readonly version: string;
  /** `certificate` is `leaf` or `ca`. */
  certificates(): Iterable<{ readonly certificate: string; readonly notAfter: Date }>;
  certificateUpkeep(): CertificateUpkeep;
  /** undefined while unknown, or where nobody keeps a bundle. */
  caBundleInSync(): boolean | undefined;
  caches(): Iterable<CacheState>;
  /** Wall clock milliseconds. */
  policyLoadedAt(): number | undefined;
  policyLoadFailed(): boolean;
  load(): { readonly requests: number; readonly bytes: number };
}

/** Registers every gauge of the guard; all values are read from `sources` at scrape time. */
export function registerGauges(registry: Registry, sources: GaugeSources): void {
  registerState(registry, sources);
  registerUpkeep(registry, sources);
  registerCaches(registry, sources);
  gauge(registry, "requests_in_flight", "Admission requests being answered", (set) =>
    set(sources.load().requests),
  );
  gauge(registry, "body_bytes_in_flight", "Bytes of large bodies being answered", (set) =>
    set(sources.load().bytes),
  );
}

function registerState(registry: Registry, sources: GaugeSources): void {
  gauge(registry, "build_info", "Always 1", (set) => set(1, sources.version), "version");
  gauge(
    registry,
    "certificate_expiry_timestamp_seconds",
    "When the certificates in service end",
    (set) => {
      for (const { certificate, notAfter } of sources.certificates()) {
        set(notAfter.getTime() / 1_000, certificate);
      }
    },
    "certificate",
  );
  gauge(registry, "ca_bundle_in_sync", "1 if the API server trusts our issuer", (set) => {
    const inSync = sources.caBundleInSync();
    if (inSync !== undefined) set(Number(inSync));
  });
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

function registerUpkeep(registry: Registry, sources: GaugeSources): void {
  const upkeep = () => sources.certificateUpkeep();
  const failing = "1 if the latest look at the certificate's source ended with a problem";
  gauge(registry, "certificate_upkeep_failing", failing, (set) => set(Number(upkeep().isFailing)));
  gauge(registry, "certificate_generation", "Generation of the CA in memory", (set) => {
    const { generation } = upkeep();
    if (generation !== undefined) set(generation);
  });
  gauge(
    registry,
    "certificate_secret_state",
    "1 for the state that the certificate Secret was last found in",
    (set) => {
      const { secretState } = upkeep();
      if (secretState !== undefined) set(1, secretState);
    },
    "state",
  );
  const ahead = "How far the API server's clock is ahead; 0 as far as the network explains it";
  gauge(registry, "clock_skew_seconds", ahead, (set) => {
    const { clockSkewMs } = upkeep();
    if (clockSkewMs !== undefined) set(clockSkewMs / 1_000);
  });
}

function registerCaches(registry: Registry, sources: GaugeSources): void {
  const each = (read: (cache: CacheState) => number | undefined) => (set: Setter) => {
    for (const cache of sources.caches()) {
      const value = read(cache);
      if (value !== undefined) set(value, cache.kind);
    }
  };
  const objects = each((cache) => cache.objects);
  const synced = each((cache) => Number(cache.synced));
  const lastEvent = each((cache) => cache.lastEventAt && cache.lastEventAt / 1_000);
  gauge(registry, "cache_objects", "Objects in the cache", objects, "kind");
  gauge(registry, "cache_synced", "1 if the cache is complete and fresh", synced, "kind");
  gauge(
    registry,
    "cache_last_event_timestamp_seconds",
    "When the API server was last heard of this kind",
    lastEvent,
    "kind",
  );
}

type Setter = (value: number, label?: string) => void;

/** A gauge with at most one label, filled by `read` at each scrape and empty before it. */
function gauge(
  registry: Registry,
  name: string,
  help: string,
  read: (set: Setter) => void,
  labelName?: string,
): void {
  const labelNames = labelName === undefined ? [] : [labelName];
  new Gauge({
    name: `keymate_guard_${name}`,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      // A gauge without labels starts with a 0 that nobody measured.
      if (labelName === undefined) this.remove();
      try {
        read((value, label = "") => {
          if (labelName === undefined) this.set(value);
          else this.set({ [labelName]: label }, value);
        });
      } catch {
        // One source that cannot be read must not cost the whole page.
      }
    },
  });
}
