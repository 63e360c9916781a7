import type { Target } from "../../engine/rule.ts";
import type { Judged } from "../../engine/subject.ts";
import { field, item, ROOT } from "../../kubernetes/location.ts";
import {
  type Container,
  type ContainerRole,
  WORKLOAD_KINDS,
  WORKLOAD_RESOURCES,
} from "../../kubernetes/workload.ts";

/** Everything that says what resources a Pod gets. */
export const RESOURCE_TARGETS: readonly Target[] = [
  { kinds: [...WORKLOAD_KINDS, ...WORKLOAD_RESOURCES], operations: ["CREATE", "UPDATE"] },
];

/** `spec.resources` is where a CNPG Cluster has them; in a Pod it is pod level. */
export const RESOURCE_READS: readonly string[] = [
  "TP.spec.containers",
  "TP.spec.initContainers",
  "TP.spec.resources",
  "spec.resources",
];

const PGBOUNCER = "pgbouncer";

/**
 * Containers that need resources of their own. A CNPG Pooler always runs `pgbouncer`, and gives
 * it none unless its template names that container.
 */
export function judgedContainers(object: Judged): readonly Container[] {
  const { containers } = object;
  if (object.kind !== "Pooler.postgresql.cnpg.io") return containers;
  if (containers.some(({ name }) => name === PGBOUNCER)) return containers;
  const list = field(ROOT, "spec", "template", "spec", "containers");
  const index = containers.filter(({ role }) => role === "container").length;
  const location = item(list, index, PGBOUNCER);
  return [{ name: PGBOUNCER, role: "container", raw: {}, location }, ...containers];
}

const roleWords: Readonly<Record<ContainerRole, string>> = {
  container: "container",
  init: "init container",
  sidecar: "sidecar",
};

/** `container api`, `init container migrate`. */
export function describe({ role, name }: Container): string {
  return `${roleWords[role]} ${name}`;
}
