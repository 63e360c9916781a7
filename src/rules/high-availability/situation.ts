import type { RuleContext } from "../../engine/rule.ts";
import type { Minimum } from "../../kubernetes/autoscaling.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import { type ComponentRank, rankOf } from "./component-rank.ts";
import {
  AUTOSCALERS,
  minimumOf,
  type Scene,
  scaledBy,
  sceneOf,
  type Workload,
  workloadOf,
} from "./scene.ts";

/** A component, and how few Pods of it there may be once the request is through. */
export interface Situation {
  readonly scene: Scene;
  readonly workload: Workload;
  readonly rank: ComponentRank;
  readonly minimum: Minimum;
}

/**
 * The component that is written, or that the written autoscaler scales; undefined where there is
 * none, or where another autoscaler has the say.
 */
export function situationOf(context: RuleContext): Situation | undefined {
  const scene = sceneOf(context);
  const workload = scene && workloadOf(context, scene);
  if (scene === undefined || workload === undefined) return undefined;
  const situation = ranked(context, scene, workload);
  if (situation === undefined || !AUTOSCALERS.includes(context.subject.kind)) return situation;
  return situation.minimum.autoscaler === scene.written ? situation : undefined;
}

/** The component that an autoscaler scales, by whatever minimum it has in the scene. */
export function scaledSituation(
  context: Pick<RuleContext, "platform">,
  scene: Scene,
  autoscaler: JsonObject,
): Situation | undefined {
  const workload = scaledBy(autoscaler, scene);
  return workload && ranked(context, scene, workload);
}

function ranked(
  { platform }: Pick<RuleContext, "platform">,
  scene: Scene,
  workload: Workload,
): Situation | undefined {
  const rank = rankOf(platform, workload.object);
  return rank && { scene, workload, rank, minimum: minimumOf(workload, scene) };
}
