import { type JsonObject, ownString } from "./json.ts";
import { fieldHistory } from "./managed-fields.ts";
import { annotationOf, labelOf, labelsOf, nameOf } from "./object.ts";
import { controllerOf } from "./owner.ts";

/**
 * Whose business it is to renew a Secret.
 * - `people`: whoever wrote it
 * - `certificate`: a key pair, which lives as long as its certificate
 * - `source`: something that writes it from elsewhere, where its age is judged
 * - `cluster`: it is no credential of the platform: a release of Helm, a token, pull credentials
 */
export type SecretOrigin = "people" | "certificate" | "source" | "cluster";

const CLUSTER_TYPES: ReadonlySet<string> = new Set([
  "helm.sh/release.v1",
  "kubernetes.io/service-account-token",
  "bootstrap.kubernetes.io/token",
  "kubernetes.io/dockercfg",
  "kubernetes.io/dockerconfigjson",
]);

const TLS_TYPE = "kubernetes.io/tls";

/** Labels that operators put on what they write. */
const SOURCE_LABELS: readonly (readonly [key: string, value: string | undefined])[] = [
  ["reconcile.external-secrets.io/managed", "true"],
  ["secrets-store.csi.k8s.io/managed", "true"],
  ["cnpg.io/cluster", undefined],
];

/** By metadata alone: without the data there is no `type` either, the names of its keys tell it. */
export function secretOrigin(secret: JsonObject): SecretOrigin {
  const { keys } = fieldHistory(secret, "data");
  const type = ownString(secret, "type");
  if (isOfCluster(secret, type, keys)) return "cluster";
  if (controllerOf(secret) !== undefined || isWrittenFromElsewhere(secret)) return "source";
  const isKeyPair = type === TLS_TYPE || (keys.has("tls.crt") && keys.has("tls.key"));
  return isKeyPair ? "certificate" : "people";
}

function isOfCluster(
  secret: JsonObject,
  type: string | undefined,
  keys: ReadonlySet<string>,
): boolean {
  if (type !== undefined && CLUSTER_TYPES.has(type)) return true;
  const name = nameOf(secret) ?? "";
  if (name.startsWith("sh.helm.release.v1.") || name.startsWith("bootstrap-token-")) return true;
  if (annotationOf(secret, "kubernetes.io/service-account.name") !== undefined) return true;
  return keys.has(".dockerconfigjson") || keys.has(".dockercfg");
}

function isWrittenFromElsewhere(secret: JsonObject): boolean {
  return SOURCE_LABELS.some(([key, value]) =>
    value === undefined
      ? Object.hasOwn(labelsOf(secret) ?? {}, key)
      : labelOf(secret, key) === value,
  );
}

/** The cert-manager Certificate that a key pair belongs to, in its namespace. */
export function certificateNameOf(secret: JsonObject): string | undefined {
  return annotationOf(secret, "cert-manager.io/certificate-name");
}
