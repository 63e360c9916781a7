import { z } from "zod";
import { layerName } from "../../engine/names.ts";
import { layerOf } from "../../engine/platform.ts";
import { defineRule } from "../../engine/rule.ts";
import { own } from "../../kubernetes/json.ts";
import { labelsOf } from "../../kubernetes/object.ts";
import { labelLocation } from "./component-place.ts";

const LEVEL_LABEL = "pod-security.kubernetes.io/enforce";

const params = z.strictObject({
  layers: z
    .array(layerName)
    .default(["data", "application"])
    .describe("Layers whose namespaces must enforce a level of Pod Security"),
});

export default defineRule({
  id: "ns-psa",
  title: "Namespaces enforce Pod Security",
  why: "Without a level any Pod may be privileged or mount the node's disk, and one container that is taken over is the whole node. A default of the API server's own configuration is not seen.",
  practice: "namespaces",
  since: "0.1.0",
  targets: [{ kinds: ["Namespace"], operations: ["CREATE", "UPDATE"] }],
  needs: [],
  mode: "warn",
  everywhere: true,
  reads: ["metadata.labels"],
  params,
  check({ subject, object, platform, params }) {
    // By its own labels: a namespace that is created is not in the cluster yet.
    const layer = layerOf(platform, subject.namespace, object.raw);
    if (layer === undefined || !params.layers.includes(layer)) return [];
    const fault = faultOf(own(labelsOf(object.raw), LEVEL_LABEL));
    if (fault === undefined) return [];
    return [
      {
        message: `namespace ${subject.namespace} of layer ${layer} lets every Pod in: label ${LEVEL_LABEL} ${fault}`,
        fix: "set it to baseline, or to restricted where the Pods allow it",
        location: labelLocation(LEVEL_LABEL),
        key: fault,
      },
    ];
  },
});

/** undefined for a level that forbids something. */
function faultOf(level: unknown): string | undefined {
  if (level === "baseline" || level === "restricted") return undefined;
  if (level === undefined || level === null) return "is missing";
  return level === "privileged" ? "is privileged" : "names no level";
}
