import { z } from "zod";
import { LAYER_LABEL, PART_OF_LABEL, type Platform } from "../../engine/platform.ts";
import { type Addition, defineRule, type Finding } from "../../engine/rule.ts";
import type { Judged } from "../../engine/subject.ts";
import { asObject, type JsonObject, own, ownArray, ownObject } from "../../kubernetes/json.ts";
import { labelsOf, specOf } from "../../kubernetes/object.ts";
import { labelLocation, templateLabelLocation } from "./component-place.ts";

type Label = readonly [key: string, value: string];

export default defineRule({
  id: "label-default",
  title: "Workloads carry the labels of the platform",
  why: "Network policies, dashboards and cost reports select by label; a workload that lacks them is invisible to all of these.",
  practice: "namespaces",
  since: "0.1.0",
  targets: [
    {
      kinds: [
        "Deployment.apps",
        "StatefulSet.apps",
        "DaemonSet.apps",
        "Job.batch",
        "CronJob.batch",
        "Pod",
      ],
      operations: ["CREATE", "UPDATE"],
    },
  ],
  needs: [],
  mode: "enforce",
  modeNote:
    "enforce adds the labels at admission; what is missing in files or in the cluster is an audit finding",
  reads: ["metadata.labels", "TP"],
  params: z.strictObject({}),
  check({ subject, object, platform, layer }) {
    if (layer === undefined || subject.door === "admission") return [];
    return missingLabels(object, wantedLabels(platform, layer));
  },
  mutate({ subject, object, platform, layer, templateOpen }) {
    if (layer === undefined) return undefined;
    const wanted = wantedLabels(platform, layer);
    const additions: Addition[] = [];
    addToObject(object, wanted, additions);
    if (templateOpen) addToTemplate(object, subject.old, wanted, additions);
    return additions.length === 0 ? undefined : { additions };
  },
});

const wantedByPlatform = new WeakMap<Platform, Map<string, readonly Label[]>>();

/** What a workload of a layer should carry. A policy's own labels never replace the first two. */
function wantedLabels(platform: Platform, layer: string): readonly Label[] {
  let byLayer = wantedByPlatform.get(platform);
  if (byLayer === undefined) {
    byLayer = new Map();
    wantedByPlatform.set(platform, byLayer);
  }
  let wanted = byLayer.get(layer);
  if (wanted === undefined) {
    const always = { [LAYER_LABEL]: layer, [PART_OF_LABEL]: platform.name };
    wanted = Object.entries({ ...always, ...platform.defaults.labels, ...always });
    byLayer.set(layer, wanted);
  }
  return wanted;
}

/** One finding per label, at the first place that lacks it. */
function missingLabels(object: Judged, wanted: readonly Label[]): Finding[] {
  const findings: Finding[] = [];
  for (const [key, value] of wanted) {
    const onObject = has(labelsOf(object.raw), key);
    if (onObject && (!hasOwnTemplate(object) || has(object.template?.labels, key))) continue;
    if (onObject && isSelectedBy(object.raw, key)) continue;
    findings.push({
      message: `label ${key} is missing${onObject ? " on the pod template" : ""}`,
      fix: `set it to ${value}`,
      location: onObject ? templateLabelLocation(object, key) : labelLocation(key),
      key: `missing:${key}`,
      atMost: "audit",
      gap: true,
    });
  }
  return findings;
}

function addToObject(object: Judged, wanted: readonly Label[], into: Addition[]): void {
  const labels = labelsOf(object.raw);
  for (const [key, value] of wanted) {
    if (!has(labels, key)) into.push({ location: labelLocation(key), value });
  }
}

function addToTemplate(
  object: Judged,
  old: Judged | undefined,
  wanted: readonly Label[],
  into: Addition[],
): void {
  if (!hasOwnTemplate(object)) return;
  for (const [key, value] of wanted) {
    if (has(object.template?.labels, key) || isSelectedBy(object.raw, key)) continue;
    const before = own(old?.template?.labels, key);
    into.push({
      location: templateLabelLocation(object, key),
      value: isKept(key, before, value) ? before : value,
    });
  }
}

/** Sticky: replacing a bare manifest must not roll the Pods for a label that was there before. */
function isKept(key: string, before: unknown, value: string): before is string {
  return typeof before === "string" && (key !== LAYER_LABEL || before === value);
}

function hasOwnTemplate({ kind, template }: Judged): boolean {
  return kind !== "Pod" && template !== undefined;
}

function has(labels: JsonObject | undefined, key: string): boolean {
  return (own(labels, key) ?? undefined) !== undefined;
}

/** A selector that says anything about the key could stop matching its own template. */
function isSelectedBy(raw: JsonObject, key: string): boolean {
  const selector = ownObject(specOf(raw), "selector");
  if (selector === undefined) return false;
  if (has(ownObject(selector, "matchLabels"), key)) return true;
  return ownArray(selector, "matchExpressions").some(
    (entry) => own(asObject(entry), "key") === key,
  );
}
