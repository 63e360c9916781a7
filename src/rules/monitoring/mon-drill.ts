import { z } from "zod";
import { namespacesByLayer, speaksForLayer } from "../../engine/layer-speaker.ts";
import { layerName } from "../../engine/names.ts";
import { PREFIX } from "../../engine/platform.ts";
import { defineRule, type RuleContext } from "../../engine/rule.ts";
import { drillFault } from "../../kubernetes/drill.ts";
import { DAY, MINUTE } from "../../kubernetes/duration.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { annotationOf } from "../../kubernetes/object.ts";
import { OF_A_LAYER } from "./of-a-layer.ts";

const DRILL = `${PREFIX}last-alert-drill`;

const params = z.strictObject({
  layer: layerName.default("observability").describe("Layer whose namespace the drill is noted on"),
  maxAgeDays: z.number().positive().default(90).describe("A drill counts for so long"),
  clockSkewMinutes: z
    .number()
    .min(0)
    .default(5)
    .describe("A drill that is noted for later than so many minutes from now is not believed"),
});

type Context = RuleContext<z.output<typeof params>>;

export default defineRule({
  id: "mon-drill",
  title: "Alerts were seen to arrive lately",
  why: "An alert that nobody ever saw arrive is a hope: routes change, tokens expire, people leave. A drill shows that it still wakes somebody up.",
  practice: "monitoring",
  since: "0.1.0",
  ...OF_A_LAYER,
  needs: ["Namespace"],
  params,
  check(context) {
    const { layer, maxAgeDays } = context.params;
    if (!speaksForLayer(context, layer)) return [];
    const fault = faultOf(context);
    if (fault === undefined) return [];
    return [
      {
        message: `${fault}, one of the last ${maxAgeDays} d is needed`,
        fix: `let an alert fire, see it arrive, then annotate a namespace of layer ${layer} with ${DRILL}: the time as RFC 3339`,
        location: field(ROOT, "metadata", "annotations", DRILL),
        key: "drill",
      },
    ];
  },
});

/** The note on any namespace of the layer counts. */
function faultOf(context: Context): string | undefined {
  const { params, now } = context;
  const namespaces = namespacesByLayer(context).get(params.layer) ?? [];
  if (namespaces.length === 0) {
    return `no namespace is of layer ${params.layer}, where an alert drill would be noted`;
  }
  const terms = {
    what: "alert drill",
    now,
    maxAge: params.maxAgeDays * DAY,
    latest: now + params.clockSkewMinutes * MINUTE,
  };
  return drillFault(
    namespaces.map((object) => annotationOf(object, DRILL)),
    terms,
  );
}
