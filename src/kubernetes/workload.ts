import { asObject, type JsonObject, ownArray, ownObject, ownString } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { field, item, type Location, ROOT } from "./location.ts";

/**
 * - `container`: spec.containers
 * - `init`: an init container that runs to completion
 * - `sidecar`: an init container with restartPolicy Always (native sidecar, KEP-753)
 */
export type ContainerRole = "container" | "init" | "sidecar";

export interface Container {
  readonly name: string;
  readonly role: ContainerRole;
  readonly raw: JsonObject;
  readonly location: Location;
}

/** A PodTemplateSpec; for a Pod the object itself. */
export interface PodTemplate {
  readonly raw: JsonObject;
  readonly location: Location;
  readonly spec: JsonObject;
  readonly specLocation: Location;
  readonly labels: JsonObject | undefined;
}

/** The controllers and Pods of the built-in API groups. */
export const WORKLOAD_KINDS: readonly GroupKind[] = [
  "Deployment.apps",
  "StatefulSet.apps",
  "DaemonSet.apps",
  "ReplicaSet.apps",
  "ReplicationController",
  "Job.batch",
  "CronJob.batch",
  "Pod",
];

/** Custom resources whose operator stamps out Pods from what they say. */
export const WORKLOAD_RESOURCES: readonly GroupKind[] = [
  "Cluster.postgresql.cnpg.io",
  "Pooler.postgresql.cnpg.io",
];

const templateKeys: ReadonlyMap<GroupKind, readonly string[]> = new Map([
  ["Deployment.apps", ["spec", "template"]],
  ["StatefulSet.apps", ["spec", "template"]],
  ["DaemonSet.apps", ["spec", "template"]],
  ["ReplicaSet.apps", ["spec", "template"]],
  ["ReplicationController", ["spec", "template"]],
  ["Job.batch", ["spec", "template"]],
  ["CronJob.batch", ["spec", "jobTemplate", "spec", "template"]],
  ["Pod", []],
  ["Pooler.postgresql.cnpg.io", ["spec", "template"]],
]);

/** Keys from the object down to its pod template; undefined for kinds without one. */
export function templateKeysOf(kind: GroupKind): readonly string[] | undefined {
  return templateKeys.get(kind);
}

export function podTemplateOf(kind: GroupKind, object: JsonObject): PodTemplate | undefined {
  const keys = templateKeys.get(kind);
  if (keys === undefined) return undefined;
  let raw: JsonObject | undefined = object;
  for (const key of keys) raw = ownObject(raw, key);
  if (raw === undefined) return undefined;
  const location = field(ROOT, ...keys);
  return {
    raw,
    location,
    spec: ownObject(raw, "spec") ?? {},
    specLocation: field(location, "spec"),
    labels: ownObject(ownObject(raw, "metadata"), "labels"),
  };
}

/**
 * Everything that needs resources of its own: containers, then init containers and sidecars.
 * Ephemeral containers cannot have any. A CNPG Cluster counts as one container `postgres`.
 */
export function containersOf(kind: GroupKind, object: JsonObject): readonly Container[] {
  if (kind === "Cluster.postgresql.cnpg.io") {
    const spec = ownObject(object, "spec") ?? {};
    return [{ name: "postgres", role: "container", raw: spec, location: field(ROOT, "spec") }];
  }
  const template = podTemplateOf(kind, object);
  if (template === undefined) return [];
  const found: Container[] = [];
  collect(template, "containers", found);
  collect(template, "initContainers", found);
  return found;
}

function collect(template: PodTemplate, key: string, into: Container[]): void {
  const list = field(template.specLocation, key);
  const entries = ownArray(template.spec, key);
  for (let index = 0; index < entries.length; index++) {
    const raw = asObject(entries[index]);
    if (raw === undefined) continue;
    const name = ownString(raw, "name");
    into.push({
      name: name ?? String(index),
      role: roleOf(key, raw),
      raw,
      location: item(list, index, name),
    });
  }
}

function roleOf(key: string, container: JsonObject): ContainerRole {
  if (key === "containers") return "container";
  return ownString(container, "restartPolicy") === "Always" ? "sidecar" : "init";
}
