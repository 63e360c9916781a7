import type { KeyPair } from "./pki.ts";

export type Credential = KeyPair | { readonly token: string };

const base64 = (text: string) => Buffer.from(text).toString("base64");

function userOf(credential: Credential): object {
  if ("token" in credential) return { token: credential.token };
  return {
    "client-certificate-data": base64(credential.cert),
    "client-key-data": base64(credential.key),
  };
}

/** A kubeconfig as JSON, which every reader of the YAML form takes. */
export function kubeconfigFor(server: string, ca: string, credential: Credential): string {
  const cluster = { server, "certificate-authority-data": base64(ca) };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster }],
    users: [{ name: "test", user: userOf(credential) }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    "current-context": "test",
  };
  return JSON.stringify(config, null, 2);
}
