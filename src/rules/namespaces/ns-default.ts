import { z } from "zod";
import { declarationOf, NO_COMPONENT } from "../../engine/component.ts";
import { defineRule } from "../../engine/rule.ts";
import { declarationLocation, shownValue, WORKLOADS } from "./component-place.ts";

const DEFAULT_NAMESPACE = "default";

export default defineRule({
  id: "ns-default",
  title: "Components stay out of the default namespace",
  why: "Everything that names no namespace lands in default: no layer, no quota, no network policy can be meant for it, and it cannot be deleted.",
  practice: "namespaces",
  since: "0.1.0",
  targets: [{ kinds: [...WORKLOADS, "PersistentVolumeClaim"], operations: ["CREATE"] }],
  needs: [],
  mode: "enforce",
  modeNote: "only what declares a component; an inferred one is left alone",
  everywhere: true,
  reads: ["metadata.labels", "TP.metadata.labels"],
  params: z.strictObject({}),
  check({ subject, object, platform }) {
    if (subject.namespace !== DEFAULT_NAMESPACE) return [];
    const component = declarationOf(object);
    if (component === undefined || component === NO_COMPONENT) return [];
    const layer = platform.components.get(component)?.layer;
    return [
      {
        message: `${shownValue(component)} is in namespace ${DEFAULT_NAMESPACE}`,
        fix: `set metadata.namespace to a namespace of ${layer === undefined ? "its layer" : `layer ${layer}`}`,
        location: declarationLocation(object),
        key: `component:${component}`,
      },
    ];
  },
});
