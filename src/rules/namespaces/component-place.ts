import { COMPONENT_LABEL } from "../../engine/platform.ts";
import type { Judged } from "../../engine/subject.ts";
import { own } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { field, type Location, ROOT } from "../../kubernetes/location.ts";
import { labelOf } from "../../kubernetes/object.ts";
import { WORKLOAD_KINDS, WORKLOAD_RESOURCES } from "../../kubernetes/workload.ts";

/** Everything that runs Pods: the built-in workloads and the custom resources that stand for one. */
export const WORKLOADS: readonly GroupKind[] = [...WORKLOAD_KINDS, ...WORKLOAD_RESOURCES];

/** What people create to run something; Pods, ReplicaSets and Jobs mostly follow from these. */
export const TOP_LEVEL_WORKLOADS: readonly GroupKind[] = [
  "Deployment.apps",
  "StatefulSet.apps",
  "DaemonSet.apps",
  "CronJob.batch",
  "Cluster.postgresql.cnpg.io",
];

export function labelLocation(key: string): Location {
  return field(ROOT, "metadata", "labels", key);
}

/** Labels of the pod template, also when there are none yet. */
export function templateLabelLocation({ template }: Judged, key: string): Location {
  return field(template?.location ?? ROOT, "metadata", "labels", key);
}

/** A label value for people; files may hold what no API server would take. */
export function shownValue(value: unknown): string {
  if (value === "") return "(empty)";
  return typeof value === "string" && labelValue.test(value) ? value : "(not a label value)";
}

const labelValue = /^[A-Za-z0-9._-]{1,63}$/;

/** Where an object declares its component, or would. */
export function declarationLocation(object: Judged): Location {
  const onTemplate =
    labelOf(object.raw, COMPONENT_LABEL) === undefined &&
    own(object.template?.labels, COMPONENT_LABEL) !== undefined;
  return onTemplate
    ? templateLabelLocation(object, COMPONENT_LABEL)
    : labelLocation(COMPONENT_LABEL);
}
