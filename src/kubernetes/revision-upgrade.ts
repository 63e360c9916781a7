import { jsonEqual } from "./equality.ts";
import { catalogReferenceOf, type ImageChange, imageChanges, imagesOf } from "./image-reference.ts";
import { type JsonObject, own, ownObject, ownString } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { labelOf } from "./object.ts";
import { compareVersions, parseVersion } from "./semver.ts";
import { podTemplateOf } from "./workload.ts";

/** Labels by which charts and people say which version something is. */
export const VERSION_LABEL = "app.kubernetes.io/version";
const CHART_LABEL = "helm.sh/chart";

/** What an update changes about the software that runs. */
export interface UpgradeStep {
  readonly images: readonly ImageChange[];
  /** A CNPG Cluster takes its image from another catalog, or another major of it. */
  readonly catalog: boolean;
}

/**
 * The upgrade that an update is: an image by container name, the image of a CNPG Cluster or its
 * catalog, or a version or chart label together with the pod template. undefined for everything
 * else: environment, resources, a restart, a scale, a chart label alone.
 */
export function upgradeStep(
  kind: GroupKind,
  old: JsonObject,
  object: JsonObject,
): UpgradeStep | undefined {
  const images = imageChanges(imagesOf(kind, old), imagesOf(kind, object));
  const catalog = !jsonEqual(catalogReferenceOf(old), catalogReferenceOf(object));
  if (images.length > 0 || catalog) return { images, catalog };
  return isRelabelled(kind, old, object) ? { images, catalog } : undefined;
}

/** The version label goes down: the only sign of a rollback when no image changes. */
export function isVersionLowered(kind: GroupKind, old: JsonObject, object: JsonObject): boolean {
  const before = parseVersion(versionLabel(kind, old) ?? "");
  const after = parseVersion(versionLabel(kind, object) ?? "");
  if (before === undefined || after === undefined) return false;
  return (compareVersions(after, before) ?? 0) < 0;
}

function isRelabelled(kind: GroupKind, old: JsonObject, object: JsonObject): boolean {
  const isSame = [VERSION_LABEL, CHART_LABEL].every(
    (key) => anyLabel(kind, old, key) === anyLabel(kind, object, key),
  );
  return !isSame && !jsonEqual(unlabelledTemplate(kind, old), unlabelledTemplate(kind, object));
}

function versionLabel(kind: GroupKind, object: JsonObject): string | undefined {
  return anyLabel(kind, object, VERSION_LABEL);
}

function anyLabel(kind: GroupKind, object: JsonObject, key: string): string | undefined {
  return labelOf(object, key) ?? ownString(podTemplateOf(kind, object)?.labels, key);
}

/** Charts write both labels into the template too, which alone makes it no other template. */
function unlabelledTemplate(kind: GroupKind, object: JsonObject): JsonObject | undefined {
  const template = podTemplateOf(kind, object)?.raw;
  const metadata = ownObject(template, "metadata");
  const {
    [VERSION_LABEL]: _version,
    [CHART_LABEL]: _chart,
    ...labels
  } = ownObject(metadata, "labels") ?? {};
  return template && { spec: own(template, "spec"), metadata: { ...metadata, labels } };
}
