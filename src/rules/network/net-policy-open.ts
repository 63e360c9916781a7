import { z } from "zod";
import { layerName } from "../../engine/names.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { pathOf } from "../../kubernetes/location.ts";
import {
  governsIngress,
  ingressRulesOf,
  type Opening,
  openingsOf,
} from "../../kubernetes/network-policy.ts";

const params = z.strictObject({
  layers: z.array(layerName).default(["data"]).describe("Layers whose policies must name sources"),
});

const FIX =
  "name the application namespace by kubernetes.io/metadata.name in a namespaceSelector, " +
  "together with a podSelector";

export default defineRule({
  id: "net-policy-open",
  title: "Network policies of the data layer name who may come in",
  why:
    "Policies add up: a single rule that admits everybody undoes all others of the namespace, and " +
    "the default deny with them, while everything still looks guarded.",
  practice: "network",
  since: "0.1.0",
  targets: [{ kinds: ["NetworkPolicy.networking.k8s.io"], operations: ["CREATE", "UPDATE"] }],
  needs: [],
  mode: "enforce",
  modeNote: "every namespace together with a narrow podSelector warns: anybody can label a Pod",
  reads: ["spec"],
  params,
  check: (context) => findings(context),
});

function* findings({
  object,
  layer,
  params: { layers },
}: RuleContext<z.output<typeof params>>): Iterable<Finding> {
  if (layer === undefined || !layers.includes(layer) || !governsIngress(object.raw)) return;
  for (const opening of openingsOf(ingressRulesOf(object.raw))) {
    const { rule, kind } = opening;
    const location = kind === "every-source" ? rule.location : opening.peer.location;
    const path = pathOf(location).slice("spec.".length);
    yield {
      message: `${path} admits ${admitted(opening)}`,
      fix: FIX,
      location,
      key: `${kind === "every-address" ? `ipv${opening.family}` : kind} ${rule.ports}`,
      ...(kind === "labels-anywhere" ? { atMost: "warn" as const } : {}),
    };
  }
}

function admitted(opening: Opening): string {
  switch (opening.kind) {
    case "every-source":
      return "every source";
    case "every-namespace":
      return `every Pod of every namespace${opening.excludes ? ", but for what it excludes" : ""}`;
    case "labels-anywhere":
      return "Pods of every namespace that wear a label anybody can set";
    case "every-address":
      return `every IPv${opening.family} address${opening.isAlone ? "" : " together with other blocks"}`;
  }
}
