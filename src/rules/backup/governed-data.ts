import { layeredNamespaces, layerOfNamespace } from "../../engine/layered-namespaces.ts";
import type { RuleContext } from "../../engine/rule.ts";
import { VELERO_SCHEDULE } from "../../kubernetes/backup-schedule.ts";
import {
  backupSpecOf,
  includesNamespace,
  namedNamespaces,
  VELERO_BACKUP,
} from "../../kubernetes/backup-velero.ts";
import { type JsonObject, own, ownString } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { specOf } from "../../kubernetes/object.ts";

export const STORAGE_LOCATION: GroupKind = "BackupStorageLocation.velero.io";

interface DataParams {
  readonly layers: readonly string[];
}

type Context = Pick<RuleContext<DataParams>, "platform" | "cluster" | "params" | "once">;

/** Data namespaces that a Velero Backup, or the Backups of a Schedule, take in. */
export function backedUpNamespaces(context: Context, spec: JsonObject): string[] {
  const { platform, cluster, params } = context;
  const named = namedNamespaces(spec);
  if (named !== undefined) {
    return named.filter((name) => {
      const layer = layerOfNamespace(platform, cluster, name);
      return layer !== undefined && params.layers.includes(layer) && includesNamespace(spec, name);
    });
  }
  return dataNamespaces(context).filter((name) => includesNamespace(spec, name));
}

/** Those of the cluster; those that only the policy names count where no namespace is known. */
function dataNamespaces({ platform, cluster, params, once }: Context): string[] {
  const known = once(LAYERED, () => {
    const [first] = cluster.list("Namespace");
    return [...layeredNamespaces(platform, cluster)].filter(
      ({ name }) => first === undefined || cluster.get("Namespace", "", name) !== undefined,
    );
  });
  return known.flatMap(({ name, layer }) => (params.layers.includes(layer) ? [name] : []));
}

const LAYERED = Symbol("namespaces with a layer");

/** The layer that Velero's objects are about; as it was, too, so that nothing escapes by leaving. */
export function governedLayer(context: RuleContext<DataParams>): string | undefined {
  const { subject, params } = context;
  const isData = [subject.object, ...(subject.old === undefined ? [] : [subject.old])].some(
    ({ raw }) => governsData(context, subject.kind, raw),
  );
  return isData ? params.layers[0] : undefined;
}

function governsData(
  context: RuleContext<DataParams>,
  kind: GroupKind,
  object: JsonObject,
): boolean {
  if (kind === VELERO_SCHEDULE || kind === VELERO_BACKUP) {
    return backedUpNamespaces(context, backupSpecOf(kind, object)).length > 0;
  }
  return kind === STORAGE_LOCATION && keepsData(context, object);
}

/** A default location takes every backup that names none; others what Schedules send there. */
function keepsData(context: RuleContext<DataParams>, location: JsonObject): boolean {
  const { cluster, subject } = context;
  const isDefault = own(specOf(location), "default") === true;
  if (isDefault && dataNamespaces(context).length > 0) return true;
  for (const schedule of cluster.list(VELERO_SCHEDULE, subject.namespace)) {
    const spec = backupSpecOf(VELERO_SCHEDULE, schedule);
    const target = ownString(spec, "storageLocation") ?? "default";
    if (target === subject.name && backedUpNamespaces(context, spec).length > 0) return true;
  }
  return false;
}
