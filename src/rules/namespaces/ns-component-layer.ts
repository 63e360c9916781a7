import { z } from "zod";
import { type ComponentClaim, componentOf, componentOfKind } from "../../engine/component.ts";
import { COMPONENT_LABEL, LAYER_LABEL, type Platform } from "../../engine/platform.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { Judged } from "../../engine/subject.ts";
import { nameKey } from "../../kubernetes/indexes.ts";
import { type JsonObject, own } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { field, type Location, ROOT } from "../../kubernetes/location.ts";
import { isTerminating, labelsOf, nameOf } from "../../kubernetes/object.ts";
import {
  declarationLocation,
  labelLocation,
  shownValue,
  TOP_LEVEL_WORKLOADS,
  templateLabelLocation,
  WORKLOADS,
} from "./component-place.ts";

export default defineRule({
  id: "ns-component-layer",
  title: "Components run in their own layer",
  why: "Layers are upgraded, backed up and cut off from each other by namespace; a database among applications escapes the network policies, the backup and the order of upgrades of its layer.",
  practice: "namespaces",
  since: "0.1.0",
  targets: [{ kinds: WORKLOADS, operations: ["CREATE", "UPDATE"] }],
  needs: ["Namespace"],
  consults: TOP_LEVEL_WORKLOADS,
  mode: "enforce",
  modeNote:
    "a declared component, the kind of a custom resource or a contradicting layer label: enforce; an inferred component: warn",
  reads: ["metadata.labels", "metadata.annotations", "TP.metadata.labels", "TP.spec.containers"],
  params: z.strictObject({}),
  check(context) {
    const { layer, platform, object } = context;
    const claim = componentOf(platform, object);
    const own = claim === undefined ? undefined : platform.components.get(claim.name)?.layer;
    if (layer === undefined) return claim && own ? mixed(context, claim, own) : [];
    const misplaced = claim !== undefined && own !== undefined && own !== layer;
    const findings = misplaced ? [misplacement(context, claim, own)] : [];
    contradiction(context, labelsOf(object.raw), labelLocation, findings);
    if (object.template !== undefined && object.kind !== "Pod") {
      const locate = (key: string) => templateLabelLocation(object, key);
      contradiction(context, object.template.labels, locate, findings);
    }
    return findings;
  },
});

function misplacement(context: RuleContext, claim: ComponentClaim, own: string): Finding {
  const { subject, layer, object } = context;
  const place = `namespace ${subject.namespace} is ${layer}`;
  if (claim.sure) {
    return {
      message: `${claim.name} belongs to layer ${own}, ${place}`,
      fix: `deploy it to a namespace of layer ${own}`,
      location: placeOf(object, claim),
      key: `component:${claim.name}`,
    };
  }
  return {
    message: `looks like ${claim.name} by its ${claim.source}, which belongs to layer ${own}; ${place}`,
    fix: `deploy it to a namespace of layer ${own}, or say what it is with ${COMPONENT_LABEL}`,
    location: placeOf(object, claim),
    key: `component:${claim.name}`,
    atMost: "warn",
  };
}

function placeOf(object: Judged, { source }: ComponentClaim): Location {
  return source === "declared" ? declarationLocation(object) : field(ROOT, "metadata", "namespace");
}

/** A layer label on a workload is a statement about its namespace, and must be a true one. */
function contradiction(
  { subject, layer }: RuleContext,
  labels: JsonObject | undefined,
  locate: (key: string) => Location,
  into: Finding[],
): void {
  const value = own(labels, LAYER_LABEL);
  if (value === undefined || value === null || value === layer) return;
  into.push({
    message: `label ${LAYER_LABEL} says ${shownValue(value)}, namespace ${subject.namespace} is ${layer}`,
    fix: `set it to ${layer} or remove it`,
    location: locate(LAYER_LABEL),
    key: `label:${shownValue(value)}`,
  });
}

/** Without a layer of its own a namespace must at least not mix them. */
function mixed(context: RuleContext, claim: ComponentClaim, own: string): Finding[] {
  const { subject, platform, object } = context;
  const other = neighbour(context, own);
  if (other === undefined) return [];
  const finding: Finding = {
    message: `${claim.name} (layer ${own}) shares namespace ${subject.namespace} with ${other.name} (layer ${layerName(platform, other)})`,
    fix: `give every layer a namespace of its own, labelled ${LAYER_LABEL}`,
    location: placeOf(object, claim),
    key: `mixed:${claim.name}`,
    ...(claim.sure ? {} : { atMost: "warn" as const }),
  };
  return [finding];
}

function neighbour(context: RuleContext, layer: string): ComponentClaim | undefined {
  const { platform, subject } = context;
  for (const kind of TOP_LEVEL_WORKLOADS) {
    for (const raw of sureComponents(context, kind, layer)) {
      if (isTerminating(raw)) continue;
      if (kind === subject.kind && nameOf(raw) === subject.name) continue;
      const claim = componentOf(platform, new Judged(kind, raw));
      if (!claim?.sure) continue;
      const other = layerName(platform, claim);
      if (other !== undefined && other !== layer) return claim;
    }
  }
  return undefined;
}

/** What declares a component of another layer, or is one by its kind. */
function* sureComponents(
  { cluster, platform, subject }: RuleContext,
  kind: GroupKind,
  layer: string,
): Iterable<JsonObject> {
  if (componentOfKind(platform, kind) !== undefined) {
    yield* cluster.list(kind, subject.namespace);
    return;
  }
  for (const component of platform.components.values()) {
    if (component.layer === layer) continue;
    yield* cluster.byIndex(kind, "component", nameKey(subject.namespace, component.name));
  }
}

function layerName(platform: Platform, { name }: ComponentClaim): string | undefined {
  return platform.components.get(name)?.layer;
}
