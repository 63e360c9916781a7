import type { JsonObject } from "../../../src/kubernetes/json.ts";

/** What discovery says at a path, given the collections that are served; undefined for a 404. */
export function discoveryAt(path: string, served: Iterable<string>): JsonObject | undefined {
  const below = [...served].filter((collection) => collection.startsWith(`${path}/`));
  const names = [
    ...new Set(below.map((collection) => collection.slice(path.length + 1).split("/")[0])),
  ];
  const [, root, ...rest] = path.split("/");
  if (path === "/apis") return { kind: "APIGroupList", groups: names.map((name) => ({ name })) };
  const isCore = path === "/api/v1";
  if (!isCore && (root !== "apis" || below.length === 0)) return undefined;
  if (isCore || rest.length === 2) {
    return { kind: "APIResourceList", resources: names.map((name) => ({ name })) };
  }
  return { kind: "APIGroup", versions: names.map((version) => ({ version })) };
}
