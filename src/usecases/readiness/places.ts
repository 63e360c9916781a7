import { componentOf } from "../../engine/component.ts";
import { kindWord } from "../../engine/policy.ts";
import { Judged } from "../../engine/subject.ts";
import { plural } from "../../engine/text.ts";
import { effectiveMinimum, HPA, SCALED_OBJECT } from "../../kubernetes/autoscaling.ts";
import { scaleTargetKey } from "../../kubernetes/indexes.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { isTerminating, nameOf } from "../../kubernetes/object.ts";
import { controllerOf } from "../../kubernetes/owner.ts";
import { INSTANCE_KINDS, replicasOf } from "../../kubernetes/scale.ts";
import type { Place, Site } from "./line-spec.ts";

export interface Found {
  readonly kind: GroupKind;
  readonly namespace: string;
  readonly name: string;
  readonly object: JsonObject;
}

const SCALED: readonly GroupKind[] = ["Deployment.apps", "StatefulSet.apps", ...INSTANCE_KINDS];

/** `StatefulSet platform-data/cache`. */
export function shown({ kind, namespace, name }: Omit<Found, "object">): string {
  return `${kindWord(kind)} ${namespace}/${name}`;
}

/** Objects of some kinds in the namespaces of the platform, sorted; no children of controllers. */
export function* objectsIn(site: Site, kinds: readonly GroupKind[]): Generator<Found> {
  for (const { namespace } of site.places) {
    for (const kind of kinds) {
      const found = [...site.cluster.list(kind, namespace)].flatMap((object): Found[] => {
        const name = nameOf(object);
        if (name === undefined || isTerminating(object) || isChild(site, namespace, object)) {
          return [];
        }
        return [{ kind, namespace, name, object }];
      });
      yield* found.sort((left, right) => (left.name < right.name ? -1 : 1));
    }
  }
}

function isChild({ cluster }: Site, namespace: string, object: JsonObject): boolean {
  const owner = controllerOf(object);
  return owner !== undefined && cluster.get(owner.kind, namespace, owner.name) !== undefined;
}

/** Workloads by the component that they are, or are taken for. */
export function componentsIn(site: Site): ReadonlyMap<string, readonly Found[]> {
  const byName = new Map<string, Found[]>();
  for (const found of objectsIn(site, SCALED)) {
    const claim = componentOf(site.policy.platform, new Judged(found.kind, found.object));
    if (claim === undefined) continue;
    const list = byName.get(claim.name) ?? [];
    byName.set(claim.name, list);
    list.push(found);
  }
  return byName;
}

/** The least number of Pods, by whom it is held. */
export function minimumText({ cluster }: Site, { kind, namespace, name, object }: Found): string {
  const key = scaleTargetKey(namespace, kind, name);
  const minimum = effectiveMinimum({ kind, name }, replicasOf(kind, object), {
    hpas: cluster.byIndex(HPA, "scale-target", key),
    scaledObjects: cluster.byIndex(SCALED_OBJECT, "scale-target", key),
  });
  const { replicas, autoscaler } = minimum;
  const count = plural(replicas, "replica");
  if (autoscaler === undefined) return count;
  return `at least ${count} by ${String(autoscaler["kind"])} ${nameOf(autoscaler)}`;
}

/** Namespaces of the layers that a rule is about, by its parameter. */
export function placesOfRule({ policy, places }: Site, rule: string): readonly Place[] {
  const params = policy.checks.find((check) => check.rule.id === rule)?.params;
  const layers = (params as { readonly layers?: readonly string[] } | undefined)?.layers;
  return layers === undefined ? places : places.filter(({ layer }) => layers.includes(layer));
}
