import { z } from "zod";
import { layerName } from "../../engine/names.ts";
import { declaredComponent, type ResourceDefaults } from "../../engine/platform.ts";
import { defineRule, type MutationContext } from "../../engine/rule.ts";
import { announcementOf } from "./default-announcement.ts";
import { additionsOf, resourceAdditions } from "./resource-additions.ts";
import { RESOURCE_READS } from "./resource-holders.ts";

const params = z.strictObject({
  exceptLayers: z
    .array(layerName)
    .default(["data"])
    .describe("layers where sizing is a decision: only components with resources of their own"),
  announce: z.boolean().default(true).describe("warn on CREATE about what was added"),
});

export default defineRule({
  id: "res-default",
  title: "Absent requests and limits are filled in",
  why:
    "Most containers can live with the defaults of the guide, and a Pod with defaults is placed, " +
    "limited and counted like any other. Values that somebody wrote are never changed.",
  practice: "resources",
  since: "0.1.0",
  targets: [
    {
      kinds: ["Deployment.apps", "StatefulSet.apps", "DaemonSet.apps", "CronJob.batch"],
      operations: ["CREATE", "UPDATE"],
    },
    { kinds: ["Job.batch", "Pod"], operations: ["CREATE"] },
  ],
  needs: ["LimitRange"],
  mode: "enforce",
  reads: RESOURCE_READS,
  params,
  mutate(context) {
    if (!context.templateOpen) return undefined;
    const sources = sourcesFor(context, context.params.exceptLayers);
    if (sources.length === 0) return undefined;
    const found = resourceAdditions(context, sources);
    if (found.length === 0) return undefined;
    const additions = additionsOf(found);
    const isTold = context.params.announce && context.subject.operation === "CREATE";
    return isTold ? { additions, announcement: () => announcementOf(found) } : { additions };
  },
});

/** The declared component's own defaults, then the policy's; a guessed component has no say. */
function sourcesFor(
  { object, platform, layer }: MutationContext,
  exceptLayers: readonly string[],
): readonly ResourceDefaults[] {
  const component = declaredComponent(object.raw, object.template?.labels);
  const own = component === undefined ? undefined : platform.components.get(component)?.resources;
  const isExcepted = layer !== undefined && exceptLayers.includes(layer);
  const general = isExcepted ? [] : [platform.defaults.resources];
  return own === undefined ? general : [own, ...general];
}
