import { getOrAdd } from "../../engine/get-or-add.ts";
import type { RuleContext } from "../../engine/rule.ts";
import {
  type BackupUnit,
  backupUnitsOf,
  CNPG_CLUSTER,
  unitOf,
} from "../../kubernetes/backup-unit.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";

export const UNIT_KINDS: readonly GroupKind[] = [
  CNPG_CLUSTER,
  "StatefulSet.apps",
  "PersistentVolumeClaim",
];

/** What mounts claims, which tells those in use from the others. */
export const MOUNTERS: readonly GroupKind[] = ["Pod", "Deployment.apps", "DaemonSet.apps"];

type Context = RuleContext<{ readonly layers: readonly string[] }>;

/** The judged object as something that has its data backed up; undefined where it keeps none. */
export function judgedUnit(context: Context): BackupUnit | undefined {
  const { subject, object, layer, params } = context;
  if (layer === undefined || !params.layers.includes(layer)) return undefined;
  if (subject.kind !== "PersistentVolumeClaim") {
    const [unit] = unitOf(subject.kind, object.raw, subject.namespace);
    return unit;
  }
  return unitsIn(context, subject.namespace).find(
    ({ kind, name }) => kind === subject.kind && name === subject.name,
  );
}

const UNITS = Symbol("backup units");

/** Whether a claim is a unit of its own shows only beside everything else in its namespace. */
export function unitsIn(
  { cluster, once }: Pick<RuleContext, "cluster" | "once">,
  namespace: string,
): readonly BackupUnit[] {
  const known = once(UNITS, () => new Map<string, readonly BackupUnit[]>());
  return getOrAdd(known, namespace, () => [...backupUnitsOf(cluster, namespace)]);
}
