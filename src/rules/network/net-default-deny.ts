import { z } from "zod";
import { layerName } from "../../engine/names.ts";
import { overrideAdvice } from "../../engine/override-advice.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { isDefaultDeny } from "../../kubernetes/network-policy.ts";
import { isTerminating, nameOf } from "../../kubernetes/object.ts";
import { WORKLOAD_KINDS, WORKLOAD_RESOURCES } from "../../kubernetes/workload.ts";

const NAMESPACE = "Namespace";
const NETWORK_POLICY = "NetworkPolicy.networking.k8s.io";
const OCCUPANTS: readonly GroupKind[] = [...WORKLOAD_KINDS, ...WORKLOAD_RESOURCES];

const params = z.strictObject({
  layers: z.array(layerName).default(["data"]).describe("Layers that keep their default deny"),
});

export default defineRule({
  id: "net-default-deny",
  title: "Namespaces have a default deny, and the data layer keeps its own",
  why:
    "Without a policy that selects every Pod, each Pod that no other policy selects takes " +
    "connections from the whole cluster; deleting that one policy opens them all at once.",
  practice: "network",
  since: "0.1.0",
  targets: [
    { kinds: [NETWORK_POLICY], operations: ["UPDATE", "DELETE"] },
    { kinds: [NAMESPACE], operations: ["CREATE"], doors: ["audit"] },
  ],
  needs: [NETWORK_POLICY],
  consults: OCCUPANTS,
  mode: "enforce",
  modeNote:
    "a namespace without workloads may lose it; the audit warns of one without in these layers, and audits it in the others",
  doors: ["admission", "audit"],
  reads: ["spec"],
  params,
  check(context) {
    const { subject, layer, now } = context;
    if (subject.kind === NAMESPACE) return missingIn(context);
    if (layer === undefined || !context.params.layers.includes(layer)) return [];
    if (!isLost(context) || hasAnother(context) || isLeaving(context)) return [];
    const what = subject.operation === "DELETE" ? "deleted" : "opened";
    return [
      {
        message: `NetworkPolicy ${subject.name} is ${what}, the last default deny of ${layer} namespace ${subject.namespace}`,
        fix: `create another one first (podSelector {}, policyTypes [Ingress], no ingress), or let it pass by an override of the policy: ${overrideAdvice("net-default-deny", subject, now)}`,
        location: subject.operation === "DELETE" ? ROOT : field(ROOT, "spec"),
        key: "last",
      },
    ];
  },
});

/** Policies of Cilium, Calico and the like are not read. */
function missingIn(context: RuleContext<z.output<typeof params>>): Finding[] {
  const { subject, layer } = context;
  if (layer === undefined || hasDefaultDeny(context) || isLeaving(context)) return [];
  return [
    {
      message: `no NetworkPolicy denies by default in ${layer} namespace ${subject.name}`,
      fix: "create one with podSelector {}, policyTypes [Ingress] and no ingress, after those that allow what is needed",
      location: ROOT,
      key: "missing",
      atMost: context.params.layers.includes(layer) ? "warn" : "audit",
    },
  ];
}

function isLost({ subject, object }: RuleContext): boolean {
  if (subject.operation === "DELETE") return isDefaultDeny(object.raw);
  const { old } = subject;
  if (old === undefined || object === old) return false;
  return isDefaultDeny(old.raw) && !isDefaultDeny(object.raw);
}

function hasAnother(context: RuleContext): boolean {
  return hasDefaultDeny(context, context.subject.name);
}

/** What is not seen is not there; unread policies make this a warning. */
function hasDefaultDeny({ subject, cluster }: RuleContext, except?: string): boolean {
  for (const policy of cluster.byIndex(NETWORK_POLICY, "default-deny", subject.namespace)) {
    if (nameOf(policy) !== except && !isTerminating(policy)) return true;
  }
  return false;
}

/** The namespace goes as a whole, or nothing is in it that could be reached. */
function isLeaving({ subject, cluster, namespaceObject }: RuleContext): boolean {
  if (namespaceObject !== undefined && isTerminating(namespaceObject)) return true;
  for (const kind of OCCUPANTS) {
    if (cluster.readability(kind) === "unreadable") return false;
    for (const _ of cluster.list(kind, subject.namespace)) return false;
  }
  return true;
}
