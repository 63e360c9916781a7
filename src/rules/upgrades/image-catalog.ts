import { layerOfNamespace } from "../../engine/layered-namespaces.ts";
import { kindWord } from "../../engine/policy.ts";
import type { RuleContext } from "../../engine/rule.ts";
import { CNPG_CLUSTER, unitOf } from "../../kubernetes/backup-unit.ts";
import {
  catalogReferenceOf,
  type ImageChange,
  type ImageUse,
  imageChanges,
  versionStep,
} from "../../kubernetes/image-reference.ts";
import { asObject, type JsonObject, own, ownArray, ownString } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { field, item, ROOT } from "../../kubernetes/location.ts";
import { namespaceOf, specOf } from "../../kubernetes/object.ts";
import type { Stake } from "./stake.ts";

export const IMAGE_CATALOGS: readonly GroupKind[] = [
  "ImageCatalog.postgresql.cnpg.io",
  "ClusterImageCatalog.postgresql.cnpg.io",
];

/** Every Cluster that takes an image from the catalog which the update replaces by a newer one. */
export function* catalogStakes(context: RuleContext): Iterable<Stake> {
  const { subject, object } = context;
  const { old } = subject;
  if (old === undefined || object !== subject.object) return;
  const changes = imageChanges(catalogImages(old.raw), catalogImages(object.raw));
  const upgrades = changes.filter((change) => !isAddedOrLowered(change));
  if (upgrades.length === 0) return;
  const majors = new Map(upgrades.map((change) => [change.container, change.location]));
  for (const { raw, namespace, major } of clustersUsing(context)) {
    if (!majors.has(major)) continue;
    const location = majors.get(major) ?? field(ROOT, "spec", "images");
    for (const unit of unitOf(CNPG_CLUSTER, raw, namespace)) {
      const shown = subject.namespace === "" ? `${namespace}/${unit.name}` : unit.name;
      yield { unit, shown, location };
    }
  }
}

/** A catalog of the whole cluster is about the namespaces of the Clusters that use it. */
export function catalogLayer(context: RuleContext): string | undefined {
  if (!IMAGE_CATALOGS.includes(context.subject.kind)) return undefined;
  for (const { namespace } of clustersUsing(context)) {
    const layer = layerOfNamespace(context.platform, context.cluster, namespace);
    if (layer !== undefined) return layer;
  }
  return undefined;
}

/** Nothing used what was not there; a lower version is a rollback. */
function isAddedOrLowered(change: ImageChange): boolean {
  return change.before === undefined || (versionStep(change) ?? 0) < 0;
}

/** One image per major version, which stands for the container name. */
function catalogImages(catalog: JsonObject): ImageUse[] {
  const list = field(ROOT, "spec", "images");
  return ownArray(specOf(catalog), "images").flatMap((entry, index): ImageUse[] => {
    const image = ownString(asObject(entry), "image");
    const major = String(own(asObject(entry), "major"));
    const location = field(item(list, index, major), "image");
    return image === undefined ? [] : [{ container: major, image, location }];
  });
}

interface CatalogUser {
  readonly raw: JsonObject;
  readonly namespace: string;
  readonly major: string;
}

/** Clusters are few, even those of the whole cluster. */
function* clustersUsing({ subject, cluster }: RuleContext): Iterable<CatalogUser> {
  const { kind, namespace, name } = subject;
  for (const raw of cluster.list(CNPG_CLUSTER, namespace === "" ? undefined : namespace)) {
    const reference = catalogReferenceOf(raw);
    if (reference?.kind !== kindWord(kind) || reference.name !== name) continue;
    const where = namespace === "" ? (namespaceOf(raw) ?? "") : namespace;
    yield { raw, namespace: where, major: String(reference.major) };
  }
}
