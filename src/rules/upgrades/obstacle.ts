import { componentOf } from "../../engine/component.ts";
import { layerOfNamespace } from "../../engine/layered-namespaces.ts";
import type { RecentUpgrade } from "../../engine/recent-upgrades.ts";
import type { RuleContext } from "../../engine/rule.ts";
import { Judged } from "../../engine/subject.ts";
import { MINUTE } from "../../kubernetes/duration.ts";
import { ALL } from "../../kubernetes/indexes.ts";
import { type JsonObject, own } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { isTerminating, metadataOf, nameOf, namespaceOf } from "../../kubernetes/object.ts";
import { rolloutBegin } from "../../kubernetes/revision.ts";
import { ROLLOUT_KINDS, type Rollout, rolloutOf } from "../../kubernetes/rollout.ts";

/** A component of another layer that an upgrade has to wait for. */
export interface Obstacle {
  readonly kind: GroupKind;
  readonly namespace: string;
  readonly name: string;
  readonly layer: string;
  /** `progressing (2 of 3 Pods updated)`. */
  readonly state: string;
  /** False where it is only inferred to be a component. */
  readonly sure: boolean;
}

type Context = RuleContext<{ readonly stuckMinutes: number; readonly rememberSeconds: number }>;

interface Place {
  readonly kind: GroupKind;
  readonly namespace: string;
  readonly layer: string;
  /** Below the layer that is upgraded: it has to be sound, not only at rest. */
  readonly isLower: boolean;
}

/** What is in motion in other layers, or unsound below, by the cluster view and by memory. */
export function* obstaclesTo(context: Context, ownLayer: string): Iterable<Obstacle> {
  const { platform, cluster } = context;
  const ranks = new Map(platform.layers.map(({ name }, rank) => [name, rank]));
  const isLower = (layer: string) => (ranks.get(layer) ?? 0) < (ranks.get(ownLayer) ?? 0);
  const seen = new Set<string>();
  for (const kind of ROLLOUT_KINDS) {
    for (const object of cluster.byIndex(kind, "unsettled", ALL)) {
      const namespace = namespaceOf(object) ?? "";
      const layer = layerOfNamespace(platform, cluster, namespace);
      if (layer === undefined || layer === ownLayer) continue;
      const place = { kind, namespace, layer, isLower: isLower(layer) };
      const obstacle = obstacleAt(context, place, object);
      if (obstacle === undefined) continue;
      seen.add(keyOf(obstacle));
      yield obstacle;
    }
  }
  for (const upgrade of rememberedElsewhere(context, ownLayer)) {
    if (!seen.has(keyOf(upgrade))) yield upgrade;
  }
}

function obstacleAt(context: Context, place: Place, object: JsonObject): Obstacle | undefined {
  const rollout = isTerminating(object) ? undefined : rolloutOf(place.kind, object);
  if (rollout === undefined || !isInTheWay(context, place, object, rollout)) return undefined;
  return componentAt(context, place, object, `${rollout.phase} (${rollout.detail})`);
}

/**
 * Waiting for a failed or stuck rollout of a higher layer would be a deadlock: what it lacks may
 * be the very upgrade below it.
 */
function isInTheWay(
  context: Context,
  place: Place,
  object: JsonObject,
  { phase, since }: Rollout,
): boolean {
  if (phase === "settled") return false;
  if (place.isLower) return true;
  if (phase !== "progressing") return false;
  const begin = since ?? rolloutBegin(context.cluster, place.kind, place.namespace, object);
  return begin === undefined || context.now - begin <= context.params.stuckMinutes * MINUTE;
}

function componentAt(
  { platform }: Context,
  { kind, namespace, layer }: Place,
  object: JsonObject,
  state: string,
): Obstacle | undefined {
  const component = componentOf(platform, new Judged(kind, object));
  if (component === undefined) return undefined;
  return { kind, namespace, name: nameOf(object) ?? "", layer, state, sure: component.sure };
}

/** Upgrades let through a moment ago, unless the view already has what came of them. */
function* rememberedElsewhere(context: Context, ownLayer: string): Iterable<Obstacle> {
  const { platform, cluster, recent, now, params } = context;
  for (const upgrade of recent.since(now - params.rememberSeconds * 1_000)) {
    const { kind, namespace, name } = upgrade;
    const layer = layerOfNamespace(platform, cluster, namespace);
    if (layer === undefined || layer === ownLayer) continue;
    const object = cluster.get(kind, namespace, name);
    if (object === undefined || isTerminating(object) || isSeen(object, upgrade)) continue;
    const age = Math.round((now - upgrade.admittedAt) / 1_000);
    const place = { kind, namespace, layer, isLower: false };
    const state = `progressing (its upgrade was let through ${age} s ago)`;
    const obstacle = componentAt(context, place, object, state);
    if (obstacle !== undefined) yield obstacle;
  }
}

/** Only the controllers of apps say in status which generation they have dealt with. */
function isSeen(object: JsonObject, { kind, generation }: RecentUpgrade): boolean {
  const seen = own(metadataOf(object), "generation");
  return kind.endsWith(".apps") && typeof seen === "number" && seen > generation;
}

function keyOf({ kind, namespace, name }: Pick<Obstacle, "kind" | "namespace" | "name">): string {
  return `${kind}/${namespace}/${name}`;
}
