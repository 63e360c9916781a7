import { layerOfNamespace } from "../../engine/layered-namespaces.ts";
import { PREFIX } from "../../engine/platform.ts";
import type { RuleContext } from "../../engine/rule.ts";
import { type BackupUnit, CNPG_CLUSTER, unitOf } from "../../kubernetes/backup-unit.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { field, type Location, ROOT } from "../../kubernetes/location.ts";
import { annotationOf, labelOf, nameOf, namespaceOf } from "../../kubernetes/object.ts";
import type { UpgradeStep } from "../../kubernetes/revision-upgrade.ts";

const BACKING_STORE = `${PREFIX}backing-store`;
const STORE_KINDS: readonly GroupKind[] = [CNPG_CLUSTER, "StatefulSet.apps"];

/** Data that an upgrade may ruin. */
export interface Stake {
  /** undefined for a backing store that cannot be found. */
  readonly unit: BackupUnit | undefined;
  /** `pg-main`, with its namespace where that is another one. */
  readonly shown: string;
  readonly location: Location;
}

/** What the workload keeps itself, and the store that it says it keeps its data in. */
export function* workloadStakes(context: RuleContext, step: UpgradeStep): Iterable<Stake> {
  const { subject, object } = context;
  if (STORE_KINDS.includes(subject.kind)) {
    const location = step.images[0]?.location ?? field(ROOT, "spec");
    for (const unit of unitOf(subject.kind, object.raw, subject.namespace)) {
      yield { unit, shown: unit.name, location };
    }
  }
  yield* backingStakes(context);
}

/** An annotation may say `namespace/name`; a label, or a name alone, means its own namespace first. */
function* backingStakes(context: RuleContext): Iterable<Stake> {
  const { object } = context;
  const annotation = annotationOf(object.raw, BACKING_STORE);
  const text = annotation ?? labelOf(object.raw, BACKING_STORE);
  if (!text) return;
  const where = annotation === undefined ? "labels" : "annotations";
  const location = field(ROOT, "metadata", where, BACKING_STORE);
  let found = false;
  for (const unit of storesNamed(context, text)) {
    found = true;
    const isNear = unit.namespace === context.subject.namespace;
    yield { unit, shown: isNear ? unit.name : `${unit.namespace}/${unit.name}`, location };
  }
  if (!found) yield { unit: undefined, shown: shownName(text), location };
}

function storesNamed(context: RuleContext, text: string): BackupUnit[] {
  const { subject } = context;
  const slash = text.indexOf("/");
  if (slash >= 0) return storesIn(context, text.slice(0, slash), text.slice(slash + 1));
  const near = storesIn(context, subject.namespace, text);
  return near.length > 0 ? near : clustersOfLayers(context, text);
}

function storesIn({ cluster }: RuleContext, namespace: string, name: string): BackupUnit[] {
  return STORE_KINDS.flatMap((kind) => {
    const object = cluster.get(kind, namespace, name);
    return object === undefined ? [] : [...unitOf(kind, object, namespace)];
  });
}

/** The database of an identity provider lives in another layer; Clusters are few. */
function clustersOfLayers({ cluster, platform }: RuleContext, name: string): BackupUnit[] {
  return [...cluster.list(CNPG_CLUSTER)].flatMap((object: JsonObject) => {
    const namespace = namespaceOf(object) ?? "";
    if (nameOf(object) !== name) return [];
    if (layerOfNamespace(platform, cluster, namespace) === undefined) return [];
    return [...unitOf(CNPG_CLUSTER, object, namespace)];
  });
}

/** Annotations may hold anything. */
function shownName(text: string): string {
  return plainName.test(text) ? text : "(no name)";
}

const plainName = /^[A-Za-z0-9./-]{1,127}$/;
