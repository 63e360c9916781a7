import type { JsonObject } from "../../../src/kubernetes/json.ts";

/** All that is served below `/api` or `/apis`, given the collections; undefined for other paths. */
export function discoveryAt(path: string, served: Iterable<string>): JsonObject | undefined {
  if (path !== "/api" && path !== "/apis") return undefined;
  const groups = new Map<string, Map<string, object[]>>();
  for (const collection of served) {
    const [, root, ...rest] = collection.split("/");
    if (`/${root}` !== path) continue;
    const [group = "", version = "", resource] = root === "api" ? ["", ...rest] : rest;
    const versions = groups.get(group) ?? new Map<string, object[]>();
    groups.set(group, versions.set(version, [...(versions.get(version) ?? []), { resource }]));
  }
  const items = [...groups].map(([name, versions]) => ({
    metadata: { name },
    versions: [...versions].map(([version, resources]) => ({
      version,
      freshness: "Current",
      resources,
    })),
  }));
  return { kind: "APIGroupDiscoveryList", items };
}
