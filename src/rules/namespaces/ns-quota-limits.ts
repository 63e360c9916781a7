import { z } from "zod";
import { layerName } from "../../engine/names.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { asObject, type JsonObject, own, ownArray, ownObject } from "../../kubernetes/json.ts";
import { ROOT } from "../../kubernetes/location.ts";
import { isTerminating, nameOf, specOf } from "../../kubernetes/object.ts";

const QUOTA = "ResourceQuota";
const LIMITS = "LimitRange";

const params = z.strictObject({
  layers: z
    .array(layerName)
    .optional()
    .describe("Layers whose namespaces need both; left out: every layer"),
});

type Context = RuleContext<z.output<typeof params>>;

export default defineRule<z.output<typeof params>>({
  id: "ns-quota-limits",
  title: "Namespaces of a layer have a ResourceQuota and a LimitRange",
  why: "Without a quota one layer takes the room of all others. A quota alone turns every Pod away that says nothing about its resources, and that shows only when the next one starts.",
  practice: "namespaces",
  since: "0.1.0",
  targets: [{ kinds: ["Namespace"], operations: ["CREATE"] }],
  needs: [QUOTA, LIMITS],
  mode: "warn",
  modeNote:
    "warns of a quota on resources that no LimitRange has defaults for; what is missing is only reported",
  doors: ["audit"],
  reads: ["metadata"],
  params,
  check(context) {
    const { subject, layer, params } = context;
    if (layer === undefined || params.layers?.includes(layer) === false) return [];
    const quotas = present(context, QUOTA);
    const ranges = present(context, LIMITS);
    const findings: Finding[] = [];
    if (quotas.length === 0) findings.push(missing(subject.namespace, QUOTA));
    if (ranges.length === 0) findings.push(missing(subject.namespace, LIMITS));
    findings.push(...starved(context, quotas, ranges));
    return findings;
  },
});

function present({ cluster, subject }: Context, kind: string): JsonObject[] {
  return [...cluster.list(kind, subject.namespace)].filter((object) => !isTerminating(object));
}

function missing(namespace: string, kind: typeof QUOTA | typeof LIMITS): Finding {
  const what = kind === QUOTA ? "how much the namespace may use" : "what a container gets";
  return {
    message: `namespace ${namespace} has no ${kind}`,
    fix: `create one that says ${what}`,
    location: ROOT,
    key: kind,
    atMost: "audit",
  };
}

/** Which default of a LimitRange fills in what a quota counts. */
const FILLED_BY: ReadonlyMap<string, readonly [list: string, resource: string]> = new Map([
  ["cpu", ["defaultRequest", "cpu"]],
  ["memory", ["defaultRequest", "memory"]],
  ["requests.cpu", ["defaultRequest", "cpu"]],
  ["requests.memory", ["defaultRequest", "memory"]],
  ["limits.cpu", ["default", "cpu"]],
  ["limits.memory", ["default", "memory"]],
]);

/** The quota runs last and turns away every Pod without the values that it counts. */
function* starved(
  { subject }: Context,
  quotas: readonly JsonObject[],
  ranges: readonly JsonObject[],
): Iterable<Finding> {
  for (const quota of quotas) {
    const counted = Object.keys(ownObject(specOf(quota), "hard") ?? {});
    const unfilled = counted.filter((name) => {
      const filler = FILLED_BY.get(name);
      return filler !== undefined && !ranges.some((range) => fills(range, ...filler));
    });
    if (unfilled.length === 0) continue;
    yield {
      message: `ResourceQuota ${nameOf(quota)} of namespace ${subject.namespace} counts ${unfilled.join(", ")}, which no LimitRange has a default for: Pods without are turned away`,
      fix: "give a LimitRange of type Container default and defaultRequest",
      location: ROOT,
      key: `starved:${nameOf(quota)}`,
    };
  }
}

/** A request that is left out takes the default limit, or the maximum, where nothing else is said. */
function fills(range: JsonObject, list: string, resource: string): boolean {
  const sources =
    list === "default" ? ["default", "max"] : ["defaultRequest", "default", "min", "max"];
  return ownArray(specOf(range), "limits").some((entry) => {
    const limit = asObject(entry);
    if (own(limit, "type") !== "Container") return false;
    return sources.some((source) => own(ownObject(limit, source), resource) !== undefined);
  });
}
