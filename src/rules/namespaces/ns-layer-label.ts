import { z } from "zod";
import { componentOf } from "../../engine/component.ts";
import { LAYER_LABEL, layerOf } from "../../engine/platform.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { Judged } from "../../engine/subject.ts";
import { own } from "../../kubernetes/json.ts";
import { labelsOf } from "../../kubernetes/object.ts";
import { labelLocation, shownValue, TOP_LEVEL_WORKLOADS } from "./component-place.ts";

export default defineRule({
  id: "ns-layer-label",
  title: "Namespaces name a layer that exists",
  why: "The layer of a namespace decides which rules are enforced in it; with an unknown layer, or with none where components run, all of them fall silent.",
  practice: "namespaces",
  since: "0.1.0",
  targets: [{ kinds: ["Namespace"], operations: ["CREATE", "UPDATE"] }],
  needs: [],
  consults: TOP_LEVEL_WORKLOADS,
  mode: "enforce",
  modeNote: "an unknown layer: enforce; none where components run: warn",
  everywhere: true,
  reads: ["metadata.labels"],
  params: z.strictObject({}),
  check(context) {
    const { object, platform, subject } = context;
    const value = own(labelsOf(object.raw), LAYER_LABEL) ?? undefined;
    if (value !== undefined) {
      return platform.layers.some(({ name }) => name === value)
        ? []
        : [unknownLayer(context, value)];
    }
    if (layerOf(platform, subject.namespace, object.raw) !== undefined) return [];
    const component = hostedComponent(context);
    return component === undefined ? [] : [missingLayer(subject.namespace, component)];
  },
});

function unknownLayer({ platform }: RuleContext, value: unknown): Finding {
  return {
    message: `label ${LAYER_LABEL} names no layer of the policy: ${shownValue(value)}`,
    fix: `set it to one of ${platform.layers.map(({ name }) => name).join(", ")}`,
    location: labelLocation(LAYER_LABEL),
    key: `unknown:${shownValue(value)}`,
  };
}

function missingLayer(namespace: string, component: string): Finding {
  return {
    message: `namespace ${namespace} hosts ${component} but names no layer`,
    fix: `set the label ${LAYER_LABEL}`,
    location: labelLocation(LAYER_LABEL),
    key: "missing",
    atMost: "warn",
  };
}

function hostedComponent({ cluster, platform, subject }: RuleContext): string | undefined {
  for (const kind of TOP_LEVEL_WORKLOADS) {
    for (const raw of cluster.list(kind, subject.namespace)) {
      const claim = componentOf(platform, new Judged(kind, raw));
      if (claim !== undefined && platform.components.has(claim.name)) return claim.name;
    }
  }
  return undefined;
}
