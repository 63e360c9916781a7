/** The host of an endpoint URL, scheme or not, in lower case; undefined when there is none. */
export function hostOf(url: string): string | undefined {
  const match = endpoint.exec(url.trim());
  const host = match?.[1] ?? match?.[2];
  return host === undefined || host === "" ? undefined : withoutTrailingDot(host.toLowerCase());
}

/** Optional scheme and user, then `[IPv6]` or a name, up to port, path or query. */
const endpoint = /^(?:[A-Za-z][A-Za-z0-9+.-]*:\/\/)?(?:[^/?#@]*@)?(?:\[([^\]]*)\]|([^/?#:]*))/;

/** Names that only resolve within a cluster, and the machine itself. */
export function isClusterName(host: string, clusterDomain: string): boolean {
  if (isAddress(host)) return host === "::1" || host.startsWith("127.");
  if (!host.includes(".")) return true;
  const domain = withoutTrailingDot(clusterDomain.toLowerCase());
  return [".svc", `.svc.${domain}`, ".localhost"].some((suffix) => host.endsWith(suffix));
}

export function isAddress(host: string): boolean {
  return host.includes(":") || ipv4.test(host);
}

const ipv4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** `minio.storage` resolves to Service minio of namespace storage by the search path of a Pod. */
export function serviceName(host: string): { name: string; namespace: string } | undefined {
  const [name = "", namespace = "", ...more] = host.split(".");
  return name === "" || namespace === "" || more.length > 0 ? undefined : { name, namespace };
}

function withoutTrailingDot(host: string): string {
  return host.endsWith(".") ? host.slice(0, -1) : host;
}
