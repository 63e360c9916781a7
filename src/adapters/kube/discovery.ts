import { type KindInfo, versionsOf } from "../../kubernetes/kinds.ts";
import { KubeError } from "./kube-error.ts";
import type { ServedResources } from "./served-resources.ts";

/**
 * The version of a kind to read, undefined where the cluster has no such kind, by one look at what
 * is served. Throws KubeError: `other-version` where it is served only in versions that we cannot
 * read.
 */
export async function versionToRead(
  served: ServedResources,
  kind: KindInfo,
  signal: AbortSignal,
): Promise<string | undefined> {
  const versions = await served.versionsOf(kind, Number.POSITIVE_INFINITY, signal);
  const version = versionsOf(kind).find((one) => versions.includes(one));
  const [unknown] = versions;
  if (version === undefined && unknown !== undefined) throw otherVersion(kind, unknown);
  return version;
}

function otherVersion({ plural, group, version }: KindInfo, served: string): KubeError {
  const text = `${plural}.${group} is served as ${served}, not as ${version}; upgrade the operator that brings it, or the guard`;
  return new KubeError("other-version", text);
}
