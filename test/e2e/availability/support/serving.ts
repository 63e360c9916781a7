import { X509Certificate } from "node:crypto";
import { connect, type TLSSocket } from "node:tls";
import type { ApiRequest } from "../../../cluster/api-client.ts";

/** What the API server verifies. */
export const SERVER_NAME = "keymate-guard.keymate-guard.svc";

/** The certificate that a port shows to somebody who trusts `ca` alone. Rejects when it is not trusted. */
export function servedBy(port: number, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, ca, servername: SERVER_NAME };
    const socket: TLSSocket = connect(options, () => {
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      resolve(fingerprint256);
    });
    socket.setTimeout(5_000, () => socket.destroy(new Error("no TLS answer within 5 s")));
    socket.once("error", reject);
  });
}

export interface CertsSecret {
  readonly resourceVersion: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** Decoded; empty when the Secret is. */
  readonly data: Readonly<Record<string, string>>;
}

const SECRET = "/api/v1/namespaces/keymate-guard/secrets/keymate-guard-certs";

/** undefined when there is none. */
export async function certsSecret(cluster: {
  readonly request: ApiRequest;
}): Promise<CertsSecret | undefined> {
  const answer = await cluster.request("GET", SECRET);
  if (answer.status === 404) return undefined;
  const { metadata, data = {} } = answer.json<{
    metadata: { resourceVersion: string; annotations?: Record<string, string> };
    data?: Record<string, string>;
  }>();
  const decoded = Object.entries(data).map(([key, value]) => [
    key,
    Buffer.from(value, "base64").toString(),
  ]);
  const { resourceVersion, annotations = {} } = metadata;
  return { resourceVersion, annotations, data: Object.fromEntries(decoded) };
}

/** The CA that the Secret holds; "" when it holds none. */
export async function caOf(cluster: { readonly request: ApiRequest }): Promise<string> {
  return (await certsSecret(cluster))?.data["ca.crt"] ?? "";
}

/** Whether leaf, key and newest CA of the Secret belong together. */
export function isWhole({ data }: CertsSecret): boolean {
  try {
    const ca = new X509Certificate(data["ca.crt"] ?? "");
    const leaf = new X509Certificate(data["tls.crt"] ?? "");
    const keys = [data["tls.key"], data["ca.key"]].map((key = "") => key.includes("PRIVATE KEY"));
    return keys.every(Boolean) && ca.ca && leaf.checkHost(SERVER_NAME) !== undefined;
  } catch {
    return false;
  }
}

/** Of the certificate in a PEM text, as TLS shows it. */
export function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256;
}
