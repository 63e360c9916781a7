import { DirectorySource } from "../../adapters/certs/directory-source.ts";
import { FileSource } from "../../adapters/certs/file-source.ts";
import type { IssueOptions } from "../../adapters/certs/issue.ts";
import type { Callers } from "../../adapters/certs/patience.ts";
import { SecretSource } from "../../adapters/certs/secret-source.ts";
import type { Connection } from "../../adapters/kube/api-client.ts";
import type { CertificateSource } from "../../usecases/ports/certificate-source.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import type { Place } from "./place.ts";
import type { ServeSettings } from "./settings.ts";

export interface CertificateDeps {
  readonly settings: ServeSettings;
  readonly place: Place;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  /** What the webhook configurations say; undefined where they are somebody else's to write. */
  readonly callers: Callers | undefined;
}

export interface Certificates {
  readonly source: CertificateSource;
  /** Time as those have it who judge the dates. */
  readonly clock: Clock;
  /** How far the API server's clock is ahead of ours, where that matters and is known. */
  readonly clockSkewMs: () => number | undefined;
}

/** Files that somebody else renews, the cluster's Secret, or a folder of our own. */
export async function certificateSource(deps: CertificateDeps): Promise<Certificates> {
  const { settings, place, clock, logger, random } = deps;
  const { connection, names, managesWebhooks } = place;
  const alone = (source: CertificateSource) => ({ source, clock, clockSkewMs: () => undefined });
  const { certDir: directory, caOverlap: caOverlapMs } = settings;
  if (settings.certSource === "files") {
    const trusts = (ca: string) => deps.callers?.trustedSince(ca) !== undefined;
    const handover = { trusts, overlapMs: caOverlapMs };
    const options = { directory, names, clock, logger };
    return alone(new FileSource(managesWebhooks ? { ...options, handover } : options));
  }
  const issue = {
    commonName: "keymate-guard",
    names,
    leafLifeMs: settings.leafLife,
    caLifeMs: settings.caLife,
  };
  if (connection === undefined || !(place.inCluster || managesWebhooks)) {
    return alone(new DirectorySource({ directory, issue, clock, logger, random }));
  }
  return await secretSource({ ...deps, connection }, issue);
}

async function secretSource(
  deps: CertificateDeps & { readonly connection: Connection },
  issue: IssueOptions,
): Promise<Certificates> {
  const { settings, place, logger, random, callers } = deps;
  const { caOverlap: caOverlapMs, caDrop: caDropMs } = settings;
  const { createSecretStore } = await import("../../adapters/kube/secret-store.ts");
  const { ClockSkew } = await import("../../adapters/kube/clock-skew.ts");
  const skew = new ClockSkew(deps.clock);
  const clock = skew.serverClock;
  const store = createSecretStore({
    connection: skew.through(deps.connection),
    namespace: place.namespace,
    name: "keymate-guard-certs",
    clock,
    logger,
    random,
  });
  const clockSkewMs = () => skew.ms;
  const common = { clock, logger, random };
  const lives = { caOverlapMs, caDropMs };
  const source = new SecretSource({ ...common, ...lives, store, issue, callers, clockSkewMs });
  return { source, clock, clockSkewMs };
}
