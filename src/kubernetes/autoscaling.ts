import { type JsonObject, own, ownObject, ownString } from "./json.ts";
import { type GroupKind, groupKindOf } from "./kinds.ts";
import { annotationOf, isTerminating, nameOf, specOf, uidOf } from "./object.ts";
import { controllerOf } from "./owner.ts";
import { countOf } from "./scale.ts";

export const HPA: GroupKind = "HorizontalPodAutoscaler.autoscaling";
export const SCALED_OBJECT: GroupKind = "ScaledObject.keda.sh";

/** Accounts under which the HPA controller writes scales; the second without separate accounts. */
export const HPA_CONTROLLERS: readonly string[] = [
  "system:serviceaccount:kube-system:horizontal-pod-autoscaler",
  "system:kube-controller-manager",
];

const PAUSED_REPLICAS = "autoscaling.keda.sh/paused-replicas";
const PAUSED = "autoscaling.keda.sh/paused";

/** What an autoscaler scales; always in its own namespace. */
export interface ScaleTarget {
  readonly kind: GroupKind;
  readonly name: string;
}

/**
 * Where the least number of Pods comes from.
 * - `replicas`: the workload itself, nothing scales it
 * - `switched-off`: replicas 0 under an HPA whose minimum is not 0, which turns the HPA off
 * - `minReplicas`: an HPA, 1 where it does not say
 * - `paused-replicas`, `paused`: annotations of a ScaledObject; the latter keeps what there is
 * - `idleReplicaCount`, `minReplicaCount`: a ScaledObject, 0 where it says nothing
 */
export type MinimumSource =
  | "replicas"
  | "switched-off"
  | "minReplicas"
  | "paused-replicas"
  | "paused"
  | "idleReplicaCount"
  | "minReplicaCount";

/** The least number of Pods that a workload may be scaled to without anybody editing anything. */
export interface Minimum {
  readonly replicas: number;
  readonly source: MinimumSource;
  /** The HPA or ScaledObject; undefined when nothing scales the workload. */
  readonly autoscaler: JsonObject | undefined;
  /** False where it is a default of the autoscaler. */
  readonly isWritten: boolean;
}

export interface Autoscalers {
  readonly hpas: Iterable<JsonObject>;
  readonly scaledObjects: Iterable<JsonObject>;
}

/** spec.scaleTargetRef; a ScaledObject may leave out that it means a Deployment. */
export function scaleTargetOf(autoscaler: JsonObject): ScaleTarget | undefined {
  const reference = ownObject(specOf(autoscaler), "scaleTargetRef");
  const name = ownString(reference, "name");
  if (name === undefined) return undefined;
  const kind = ownString(reference, "kind") || "Deployment";
  const apiVersion = ownString(reference, "apiVersion") || "apps/v1";
  return { kind: groupKindOf(apiVersion, kind), name };
}

/** A ScaledObject wins over an HPA; of several of one kind the lowest minimum counts. */
export function effectiveMinimum(
  target: ScaleTarget,
  replicas: number,
  { hpas, scaledObjects }: Autoscalers,
): Minimum {
  const scaled = [...scaledObjects];
  const byKeda = lowest(target, scaled, (object) => scaledObjectMinimum(object, replicas));
  if (byKeda !== undefined) return byKeda;
  const own = [...hpas].filter((hpa) => !isMadeByKeda(hpa, scaled));
  const byHpa = lowest(target, own, (hpa) => hpaMinimum(hpa, replicas));
  return byHpa ?? { replicas, source: "replicas", autoscaler: undefined, isWritten: true };
}

function lowest(
  target: ScaleTarget,
  autoscalers: Iterable<JsonObject>,
  minimumOf: (autoscaler: JsonObject) => Minimum,
): Minimum | undefined {
  let found: Minimum | undefined;
  for (const autoscaler of autoscalers) {
    if (!isScaleTarget(target, scaleTargetOf(autoscaler)) || isTerminating(autoscaler)) continue;
    const minimum = minimumOf(autoscaler);
    if (found === undefined || minimum.replicas < found.replicas) found = minimum;
  }
  return found;
}

export function isScaleTarget(target: ScaleTarget, other: ScaleTarget | undefined): boolean {
  return other !== undefined && target.kind === other.kind && target.name === other.name;
}

/** The HPA that KEDA keeps for a ScaledObject: its minimum is at least 1, whatever KEDA does. */
export function isMadeByKeda(hpa: JsonObject, scaledObjects: Iterable<JsonObject>): boolean {
  const owner = controllerOf(hpa);
  if (owner?.kind !== SCALED_OBJECT) return false;
  for (const object of scaledObjects) {
    if (nameOf(object) !== owner.name) continue;
    const uid = uidOf(object);
    if (uid === undefined || owner.uid === "" || uid === owner.uid) return true;
  }
  return false;
}

/** Autoscaling stops at replicas 0 unless 0 is a legal minimum (HPA controller, reconcile). */
function hpaMinimum(hpa: JsonObject, replicas: number): Minimum {
  const written = countOf(own(specOf(hpa), "minReplicas"));
  if (replicas === 0 && written !== 0) {
    return { replicas: 0, source: "switched-off", autoscaler: hpa, isWritten: true };
  }
  return fromAutoscaler(hpa, "minReplicas", written, 1);
}

function scaledObjectMinimum(object: JsonObject, replicas: number): Minimum {
  const pausedAt = annotationOf(object, PAUSED_REPLICAS);
  if (pausedAt !== undefined && wholeNumber.test(pausedAt)) {
    return fromAutoscaler(object, "paused-replicas", Number.parseInt(pausedAt, 10), 0);
  }
  if (isPaused(annotationOf(object, PAUSED))) {
    return { replicas, source: "paused", autoscaler: object, isWritten: true };
  }
  const spec = specOf(object);
  const idle = countOf(own(spec, "idleReplicaCount"));
  if (idle !== undefined) return fromAutoscaler(object, "idleReplicaCount", idle, 0);
  return fromAutoscaler(object, "minReplicaCount", countOf(own(spec, "minReplicaCount")), 0);
}

const wholeNumber = /^[0-9]{1,9}$/;

/** strconv.ParseBool; what is no boolean means yes (NeedToBePausedByAnnotation, KEDA). */
function isPaused(value: string | undefined): boolean {
  return value !== undefined && !noes.has(value);
}

const noes: ReadonlySet<string> = new Set(["0", "f", "F", "false", "FALSE", "False"]);

function fromAutoscaler(
  autoscaler: JsonObject,
  source: MinimumSource,
  written: number | undefined,
  otherwise: number,
): Minimum {
  return {
    replicas: written ?? otherwise,
    source,
    autoscaler,
    isWritten: written !== undefined,
  };
}

/** The most Pods an autoscaler goes to: an HPA must say, KEDA's default is 100. */
export function maximumOf(kind: GroupKind, autoscaler: JsonObject): number | undefined {
  if (kind === HPA) return countOf(own(specOf(autoscaler), "maxReplicas"));
  return countOf(own(specOf(autoscaler), "maxReplicaCount"));
}
