import { COMPUTE_RESOURCES, type ComputeResource } from "../../kubernetes/resources.ts";
import type { ContainerAdditions } from "./resource-additions.ts";
import { describe } from "./resource-holders.ts";

/**
 * `[res-default] container api: added requests cpu 500m, memory 512Mi, limits cpu 2, memory 2Gi`.
 * Containers that got the same share one part: a warning has room for 256 characters.
 */
export function announcementOf(found: readonly ContainerAdditions[]): string {
  const byText = new Map<string, string[]>();
  for (const additions of found) {
    const text = textOf(additions);
    const names = byText.get(text) ?? [];
    names.push(describe(additions.container));
    byText.set(text, names);
  }
  const parts = [...byText].map(([text, names]) => `${names.join(", ")}: added ${text}`);
  return `[res-default] ${parts.join("; ")}`;
}

function textOf({ requests, limits }: ContainerAdditions): string {
  return [listText("requests", requests), listText("limits", limits)]
    .filter((text) => text !== "")
    .join(", ");
}

function listText(
  name: string,
  values: Readonly<Partial<Record<ComputeResource, string>>>,
): string {
  const entries = COMPUTE_RESOURCES.flatMap((resource) => {
    const value = values[resource];
    return value === undefined ? [] : [`${resource} ${value}`];
  });
  return entries.length === 0 ? "" : `${name} ${entries.join(", ")}`;
}
