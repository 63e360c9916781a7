import { DirectorySource } from "../../adapters/certs/directory-source.ts";
import { FileSource } from "../../adapters/certs/file-source.ts";
import { SecretSource } from "../../adapters/certs/secret-source.ts";
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
  /** Whether every webhook configuration contains this CA. */
  readonly trusts: (ca: string) => boolean;
}

/** Files that somebody else renews, the cluster's Secret, or a folder of our own. */
export async function certificateSource(deps: CertificateDeps): Promise<CertificateSource> {
  const { settings, place, clock, logger, random } = deps;
  const { connection, names } = place;
  if (settings.certSource === "files") {
    return new FileSource({ directory: settings.certDir, names, clock, logger });
  }
  const issue = {
    commonName: "keymate-guard",
    names,
    leafLifeMs: settings.leafLife,
    caLifeMs: settings.caLife,
  };
  if (connection === undefined || !(place.inCluster || place.managesWebhooks)) {
    return new DirectorySource({ directory: settings.certDir, issue, clock, logger, random });
  }
  const { createSecretStore } = await import("../../adapters/kube/secret-store.ts");
  const { namespace } = place;
  const name = "keymate-guard-certs";
  const store = createSecretStore({ connection, namespace, name, clock, logger, random });
  const { caOverlap: caOverlapMs, caDrop: caDropMs } = settings;
  const { trusts } = deps;
  return new SecretSource({ store, issue, caOverlapMs, caDropMs, clock, logger, random, trusts });
}
