import { z } from "zod";
import { POD_MAKERS, podsOf } from "../../engine/pods-of.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import { ROOT } from "../../kubernetes/location.ts";
import { nameOf } from "../../kubernetes/object.ts";
import { limitInPod, measuredContainers, percentOf, usageOf } from "../../kubernetes/pod-usage.ts";
import type { Quantity } from "../../kubernetes/quantity.ts";
import { formatQuantity } from "../../kubernetes/quantity-format.ts";
import {
  COMPUTE_RESOURCES,
  type ComputeResource,
  resourceLocation,
} from "../../kubernetes/resources.ts";

const params = z.strictObject({
  percent: z
    .number()
    .positive()
    .max(100)
    .default(90)
    .describe("More of the limit than this is near"),
  samples: z.int().positive().default(3).describe("So many readings in a row have to be near"),
});

type Context = RuleContext<z.output<typeof params>>;

export default defineRule<z.output<typeof params>>({
  id: "res-usage-near-limit",
  title: "Containers stay away from their limits",
  why: "A container at its memory limit is killed by the next request that needs a little more, and one at its CPU limit answers ever more slowly; both show days before.",
  practice: "resources",
  since: "0.1.0",
  targets: [{ kinds: POD_MAKERS, operations: ["CREATE"] }],
  needs: ["Pod"],
  consults: ["Job.batch"],
  mode: "audit",
  modeNote: "only a continuous audit reads the metrics often enough; elsewhere it is not verified",
  doors: ["audit"],
  reads: ["spec"],
  params,
  samples: ({ samples }) => samples,
  *check(context) {
    const { subject, object, cluster, usage } = context;
    if (usage === undefined) return;
    const worst = new Map<string, Peak>();
    for (const pod of podsOf(cluster, subject.kind, subject.namespace, object.raw)) {
      for (const peak of peaksOf(context, pod)) {
        const key = `${peak.container}:${peak.resource}`;
        if ((worst.get(key)?.percent ?? 0) < peak.percent) worst.set(key, peak);
      }
    }
    for (const [key, peak] of worst) yield findingOf(context, key, peak);
  },
});

/** The least that a container used in the last readings, which are all too many. */
interface Peak {
  readonly pod: string;
  readonly container: string;
  readonly resource: ComputeResource;
  readonly percent: number;
  readonly limit: Quantity;
}

function* peaksOf({ usage, subject, params }: Context, pod: JsonObject): Iterable<Peak> {
  const name = nameOf(pod) ?? "";
  const readings = (usage?.of(subject.namespace, name) ?? []).slice(-params.samples);
  const [first] = readings;
  if (first === undefined || readings.length < params.samples) return;
  for (const container of measuredContainers(first)) {
    for (const resource of COMPUTE_RESOURCES) {
      const limit = limitInPod(pod, container, resource);
      if (limit === undefined) continue;
      const percents = readings.map((reading) => {
        const used = usageOf(reading, container, resource);
        return (used && percentOf(used, limit)) ?? 0;
      });
      const percent = Math.min(...percents);
      if (percent > params.percent) yield { pod: name, container, resource, percent, limit };
    }
  }
}

function findingOf(
  { object, params }: Context,
  key: string,
  { pod, container, resource, percent, limit }: Peak,
): Finding {
  const found = object.containers.find(({ name }) => name === container);
  return {
    message: `container ${container} of Pod ${pod} used at least ${percent} % of its ${resource} limit ${formatQuantity(limit)} in ${params.samples} readings`,
    fix:
      resource === "memory"
        ? "raise limits.memory or find the leak"
        : "raise limits.cpu or run more replicas",
    location: found === undefined ? ROOT : resourceLocation(found.location, "limits", resource),
    key,
    magnitude: percent,
  };
}
