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
  const { connection, names, managesWebhooks } = place;
  const { trusts } = deps;
  const { certDir: directory, caOverlap: caOverlapMs, caDrop: caDropMs } = settings;
  if (settings.certSource === "files") {
    const handover = { trusts, overlapMs: caOverlapMs };
    const options = { directory, names, clock, logger };
    return new FileSource(managesWebhooks ? { ...options, handover } : options);
  }
  const issue = {
    commonName: "keymate-guard",
    names,
    leafLifeMs: settings.leafLife,
    caLifeMs: settings.caLife,
  };
  if (connection === undefined || !(place.inCluster || managesWebhooks)) {
    return new DirectorySource({ directory, issue, clock, logger, random });
  }
  const { createSecretStore } = await import("../../adapters/kube/secret-store.ts");
  const { namespace } = place;
  const name = "keymate-guard-certs";
  const store = createSecretStore({ connection, namespace, name, clock, logger, random });
  return new SecretSource({ store, issue, caOverlapMs, caDropMs, clock, logger, random, trusts });
}
