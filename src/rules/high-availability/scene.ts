import { selectedBy } from "../../engine/pod-labels.ts";
import type { RuleContext } from "../../engine/rule.ts";
import { Judged } from "../../engine/subject.ts";
import {
  effectiveMinimum,
  HPA,
  isScaleTarget,
  type Minimum,
  SCALED_OBJECT,
  type ScaleTarget,
  scaleTargetOf,
} from "../../kubernetes/autoscaling.ts";
import { budgetSelector, PDB } from "../../kubernetes/disruption.ts";
import { podLabelsOf, scaleTargetKey } from "../../kubernetes/indexes.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { isTerminating, nameOf } from "../../kubernetes/object.ts";
import {
  INSTANCE_KINDS,
  replicasOf,
  replicasOfScale,
  withReplicas,
} from "../../kubernetes/scale.ts";
import { selects } from "../../kubernetes/selector.ts";

/** What an autoscaler may scale and a component may be. */
export const SCALED_KINDS: readonly GroupKind[] = [
  "Deployment.apps",
  "StatefulSet.apps",
  ...INSTANCE_KINDS,
];

export const AUTOSCALERS: readonly GroupKind[] = [HPA, SCALED_OBJECT];

export interface Workload {
  readonly kind: GroupKind;
  readonly name: string;
  readonly object: Judged;
}

/**
 * The namespace of the subject as it is once the request is through: what the cluster holds, with
 * the judged object in place of its former self. Objects on their way out are left out.
 */
export interface Scene {
  /** The judged object; for a Scale its parent at that scale, when it is removed undefined. */
  readonly written: JsonObject | undefined;
  readonly get: (kind: GroupKind, name: string) => JsonObject | undefined;
  /** Autoscalers of a kind that scale the target. */
  readonly scaling: (kind: GroupKind, target: ScaleTarget) => readonly JsonObject[];
  /** Pods, or workloads with Pods, that a selector selects. */
  readonly selected: (kind: GroupKind, selector: unknown) => readonly JsonObject[];
  /** PodDisruptionBudgets that select a Pod with these labels. */
  readonly budgets: (labels: JsonObject | undefined) => readonly JsonObject[];
}

/** undefined for a Scale whose parent is not known. */
export function sceneOf(context: RuleContext): Scene | undefined {
  const { subject, object, cluster } = context;
  if (subject.subresource !== "scale") return sceneWith(context, object.raw);
  const parent = cluster.get(subject.kind, subject.namespace, subject.name);
  if (parent === undefined || isTerminating(parent)) return undefined;
  return sceneWith(context, withReplicas(subject.kind, parent, replicasOfScale(object.raw)));
}

/** The scene with another object in place of the subject's, or without it. */
export function sceneWith(
  { subject, cluster }: Pick<RuleContext, "subject" | "cluster">,
  written: JsonObject | undefined,
): Scene {
  const { kind, namespace } = subject;
  const name = (written && nameOf(written)) ?? subject.name;
  const overlaid = (wanted: GroupKind, found: Iterable<JsonObject>, isFound: Fits) => {
    const rest = [...found].filter(
      (object) => !isTerminating(object) && !(wanted === kind && nameOf(object) === name),
    );
    return wanted === kind && written !== undefined && isFound(written) ? [...rest, written] : rest;
  };
  return {
    written,
    get(wanted, wantedName) {
      if (wanted === kind && wantedName === name) return written;
      const object = cluster.get(wanted, namespace, wantedName);
      return object === undefined || isTerminating(object) ? undefined : object;
    },
    scaling(wanted, target) {
      const key = scaleTargetKey(namespace, target.kind, target.name);
      const found = cluster.byIndex(wanted, "scale-target", key);
      return overlaid(wanted, found, (object) => isScaleTarget(target, scaleTargetOf(object)));
    },
    selected(wanted, selector) {
      const found = selectedBy(cluster, wanted, namespace, selector);
      return overlaid(wanted, found, (object) =>
        podLabelsOf(wanted, object).some((labels) => selects(selector, labels)),
      );
    },
    budgets(labels) {
      const found = cluster.selecting(PDB, namespace, labels);
      return overlaid(PDB, found, (object) => selects(budgetSelector(object), labels));
    },
  };
}

type Fits = (object: JsonObject) => boolean;

/** What is written itself, or what the written autoscaler scales. */
export function workloadOf({ subject, object }: RuleContext, scene: Scene): Workload | undefined {
  const { written } = scene;
  if (written === undefined) return undefined;
  if (AUTOSCALERS.includes(subject.kind)) return scaledBy(written, scene);
  const judged = written === object.raw ? object : new Judged(subject.kind, written);
  return { kind: subject.kind, name: nameOf(written) ?? subject.name, object: judged };
}

/** The workload behind an autoscaler's scaleTargetRef, if it is there. */
export function scaledBy(autoscaler: JsonObject, scene: Scene): Workload | undefined {
  const target = scaleTargetOf(autoscaler);
  if (target === undefined || !SCALED_KINDS.includes(target.kind)) return undefined;
  const raw = scene.get(target.kind, target.name);
  return raw === undefined ? undefined : { ...target, object: new Judged(target.kind, raw) };
}

export function minimumOf({ kind, name, object }: Workload, scene: Scene): Minimum {
  const target = { kind, name };
  return effectiveMinimum(target, replicasOf(kind, object.raw), {
    hpas: scene.scaling(HPA, target),
    scaledObjects: scene.scaling(SCALED_OBJECT, target),
  });
}

/** The least number of Pods of the workload that is written; 0 when there is no telling. */
export function leastReplicas(context: RuleContext): number {
  const scene = sceneOf(context);
  const workload = scene && workloadOf(context, scene);
  return scene === undefined || workload === undefined ? 0 : minimumOf(workload, scene).replicas;
}
