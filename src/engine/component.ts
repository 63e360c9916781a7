import { lastPathSegment, parseImage } from "../kubernetes/image.ts";
import { asString, type JsonObject, own, ownString } from "../kubernetes/json.ts";
import type { GroupKind } from "../kubernetes/kinds.ts";
import { annotationOf, labelsOf } from "../kubernetes/object.ts";
import { componentOfImage } from "./image-index.ts";
import { componentOfLabels } from "./label-index.ts";
import { declaredComponent, PART_OF_LABEL, type Platform } from "./platform.ts";
import type { Judged } from "./subject.ts";

/** The declared value that says: on purpose no component of the platform. */
export const NO_COMPONENT = "none";

/** How a component became known; only the first two are sure enough to deny on. */
export type ComponentSource = "declared" | "kind" | "labels" | "chart" | "image";

export interface ComponentClaim {
  readonly name: string;
  readonly source: ComponentSource;
  /** False for a guess: an exporter called postgres-… is no database. */
  readonly sure: boolean;
}

/** Custom resources that are a component by what they are. */
const BY_KIND: ReadonlyMap<GroupKind, string> = new Map([
  ["Cluster.postgresql.cnpg.io", "relational-database"],
  ["Keycloak.k8s.keycloak.org", "identity-provider"],
]);

/**
 * Which component an object is part of: its own or its template's declaration, the kind of custom
 * resource, then guesses from the common labels, the chart and the image. A declaration is taken
 * as it stands, known to the policy or not; `none` ends the search.
 */
export function componentOf(platform: Platform, judged: Judged): ComponentClaim | undefined {
  // Many rules ask, and only about one platform at a time.
  if (judged.component?.platform !== platform) {
    judged.component = { platform, claim: findComponent(platform, judged) };
  }
  return judged.component.claim;
}

function findComponent(platform: Platform, judged: Judged): ComponentClaim | undefined {
  const declared = declarationOf(judged);
  if (declared === NO_COMPONENT) return undefined;
  if (declared !== undefined) return { name: declared, source: "declared", sure: true };
  const byKind = componentOfKind(platform, judged.kind);
  if (byKind !== undefined) return { name: byKind, source: "kind", sure: true };
  return inferredComponent(platform, judged);
}

/** What an object says it is, `none` included; an empty label says nothing. */
export function declarationOf({ raw, template }: Judged): string | undefined {
  return declaredComponent(raw, template?.labels) || undefined;
}

/** The component that a kind of custom resource stands for, if the policy knows it. */
export function componentOfKind(platform: Platform, kind: GroupKind): string | undefined {
  const name = BY_KIND.get(kind);
  return name !== undefined && platform.components.has(name) ? name : undefined;
}

function inferredComponent(platform: Platform, judged: Judged): ComponentClaim | undefined {
  const labels = labelsOf(judged.raw);
  const templateLabels = judged.template?.labels;
  const byLabels = fromLabels(platform, labels) ?? fromLabels(platform, templateLabels);
  if (byLabels !== undefined) return { name: byLabels, source: "labels", sure: false };
  const byChart =
    fromChart(platform, labels) ??
    fromChart(platform, templateLabels) ??
    fromRelease(platform, judged);
  if (byChart !== undefined) return { name: byChart, source: "chart", sure: false };
  const byImage = fromImages(platform, judged);
  return byImage === undefined ? undefined : { name: byImage, source: "image", sure: false };
}

function fromLabels(platform: Platform, labels: JsonObject | undefined): string | undefined {
  if (labels === undefined) return undefined;
  if (own(labels, PART_OF_LABEL) === platform.name) {
    const known =
      knownName(platform, ownString(labels, "app.kubernetes.io/component")) ??
      knownName(platform, ownString(labels, "app.kubernetes.io/name"));
    if (known !== undefined) return known;
  }
  return componentOfLabels(platform, labels);
}

/** The chart label is `<name>-<version>`; names may hold dashes and digits, versions start at one. */
function fromChart(platform: Platform, labels: JsonObject | undefined): string | undefined {
  const chart = ownString(labels, "helm.sh/chart");
  if (chart === undefined) return undefined;
  const version = chart.search(chartVersion);
  return knownName(platform, version < 0 ? chart : chart.slice(0, version));
}

const chartVersion = /-v?\d+\./;

function fromRelease(platform: Platform, judged: Judged): string | undefined {
  return knownName(platform, annotationOf(judged.raw, "meta.helm.sh/release-name"));
}

/** Init containers and sidecars say little about what a Pod is for. */
function fromImages(platform: Platform, judged: Judged): string | undefined {
  for (const { role, raw } of judged.containers) {
    if (role !== "container") continue;
    const found = fromImage(platform, asString(own(raw, "image")));
    if (found !== undefined) return found;
  }
  return undefined;
}

function fromImage(platform: Platform, reference: string | undefined): string | undefined {
  const image = reference === undefined ? undefined : parseImage(reference);
  if (image === undefined) return undefined;
  const last = lastPathSegment(image);
  const full = `${image.registry}/${image.repository}`;
  return componentOfImage(platform, last, full) ?? knownName(platform, last);
}

function knownName(platform: Platform, name: string | undefined): string | undefined {
  return name !== undefined && platform.components.has(name) ? name : undefined;
}
