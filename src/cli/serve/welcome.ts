import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CertificateSource } from "../../usecases/ports/certificate-source.ts";
import type { ServeSettings } from "./settings.ts";

/** A database without limits: refused, because nothing is filled in for the data layer. */
const SAMPLE = {
  apiVersion: "admission.k8s.io/v1",
  kind: "AdmissionReview",
  request: {
    uid: "try-me",
    operation: "CREATE",
    kind: { group: "apps", version: "v1", kind: "StatefulSet" },
    resource: { group: "apps", version: "v1", resource: "statefulsets" },
    namespace: "platform-data",
    name: "db",
    userInfo: { username: "you" },
    object: {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "db", namespace: "platform-data" },
      spec: { template: { spec: { containers: [{ name: "db", image: "postgres:17.2" }] } } },
    },
  },
};

/** What somebody needs who starts the guard by hand: where the CA lies, and a call to paste. */
export function welcome(settings: ServeSettings, source: CertificateSource, port: number): string {
  const ca = join(settings.certDir, "ca.crt");
  const kept = existsSync(ca) && source.health().healthy;
  const host = hostIn(settings);
  const trust = kept ? `--cacert ${quote(ca)}` : "--insecure";
  const body = JSON.stringify(SAMPLE);
  return [
    `keymate-guard listens on https://${host}:${port}, health and metrics on http://${host}:${settings.opsPort}`,
    kept ? `CA certificate: ${ca}` : `CA certificate: in memory only (${source.health().detail})`,
    "",
    "Try it in another terminal; Ctrl-C ends the guard:",
    "",
    `curl -sS ${trust} -H 'Content-Type: application/json' https://${host}:${port}/validate -d '${body}'`,
    "",
    "",
  ].join("\n");
}

/** As a URL names it; an address that stands for all of them is reached by any. */
function hostIn({ host }: ServeSettings): string {
  if (host === undefined || host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
