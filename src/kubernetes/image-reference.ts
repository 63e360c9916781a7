import { type Image, lastPathSegment, parseImage, sameImage } from "./image.ts";
import { type JsonObject, own, ownObject, ownString } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { field, type Location, ROOT } from "./location.ts";
import { specOf } from "./object.ts";
import { compareVersions, parseVersion, type Version } from "./semver.ts";
import { type Container, containersOf } from "./workload.ts";

/** An image that something runs. */
export interface ImageUse {
  /** Container name; `postgres` and `keycloak` for custom resources that name one image. */
  readonly container: string;
  /** As written. */
  readonly image: string;
  readonly location: Location;
}

/** Custom resources with one image of their own: its key in spec, and what it runs as. */
const ownImages: ReadonlyMap<GroupKind, { readonly key: string; readonly container: string }> =
  new Map([
    ["Cluster.postgresql.cnpg.io", { key: "imageName", container: "postgres" }],
    ["Keycloak.k8s.keycloak.org", { key: "image", container: "keycloak" }],
  ]);

/** Images of containers, init containers and sidecars, or the one of a custom resource. */
export function imagesOf(
  kind: GroupKind,
  object: JsonObject,
  containers: readonly Container[] = containersOf(kind, object),
): readonly ImageUse[] {
  const single = ownImages.get(kind);
  if (single !== undefined) {
    const image = ownString(specOf(object), single.key);
    const location = field(ROOT, "spec", single.key);
    return image ? [{ container: single.container, image, location }] : [];
  }
  return containers.flatMap(({ name, raw, location }): ImageUse[] => {
    const image = ownString(raw, "image");
    return image ? [{ container: name, image, location: field(location, "image") }] : [];
  });
}

/** One container whose image is another than before; one side is missing if it came or went. */
export interface ImageChange {
  readonly container: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly location: Location | undefined;
}

/** By container name, images normalised: `nginx` is `docker.io/library/nginx:latest`. */
export function imageChanges(
  before: readonly ImageUse[],
  after: readonly ImageUse[],
): ImageChange[] {
  const old = new Map(before.map(({ container, image }) => [container, image]));
  const changes: ImageChange[] = [];
  for (const { container, image, location } of after) {
    const was = old.get(container);
    old.delete(container);
    if (was === undefined || !sameImage(was, image)) {
      changes.push({ container, before: was, after: image, location });
    }
  }
  for (const [container, image] of old) {
    changes.push({ container, before: image, after: undefined, location: undefined });
  }
  return changes;
}

/** The image of a catalog that a CNPG Cluster takes instead of naming one. */
export interface CatalogReference {
  readonly kind: string;
  readonly name: string;
  readonly major: number | undefined;
}

export function catalogReferenceOf(cluster: JsonObject): CatalogReference | undefined {
  const reference = ownObject(specOf(cluster), "imageCatalogRef");
  if (reference === undefined) return undefined;
  const major = own(reference, "major");
  return {
    kind: ownString(reference, "kind") ?? "",
    name: ownString(reference, "name") ?? "",
    major: typeof major === "number" ? major : undefined,
  };
}

/** The versions on both sides, where both are versions of the same image; registries may differ. */
export function versionsOf(
  change: ImageChange,
): { readonly before: Version; readonly after: Version } | undefined {
  const before = taggedImage(change.before);
  const after = taggedImage(change.after);
  if (before === undefined || after === undefined) return undefined;
  if (lastPathSegment(before.image) !== lastPathSegment(after.image)) return undefined;
  return { before: before.version, after: after.version };
}

/** Positive for a higher version than before, negative for a lower one; undefined: cannot be said. */
export function versionStep(change: ImageChange): number | undefined {
  const versions = versionsOf(change);
  return versions === undefined ? undefined : compareVersions(versions.after, versions.before);
}

function taggedImage(
  reference: string | undefined,
): { readonly image: Image; readonly version: Version } | undefined {
  const image = reference === undefined ? undefined : parseImage(reference);
  const version = image?.tag === undefined ? undefined : parseVersion(image.tag);
  return image === undefined || version === undefined ? undefined : { image, version };
}
