import { z } from "zod";
import { layerName } from "../../engine/names.ts";
import { overrideAdvice } from "../../engine/override-advice.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { type GroupKind, kindInfo } from "../../kubernetes/kinds.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { NETWORK_PLUGIN_POLICIES } from "../../kubernetes/network-plugin-policy.ts";
import { isDefaultDeny } from "../../kubernetes/network-policy.ts";
import { isTerminating, labelsOf, nameOf } from "../../kubernetes/object.ts";
import { WORKLOAD_KINDS, WORKLOAD_RESOURCES } from "../../kubernetes/workload.ts";

const NAMESPACE = "Namespace";
const NETWORK_POLICY = "NetworkPolicy.networking.k8s.io";
const OCCUPANTS: readonly GroupKind[] = [...WORKLOAD_KINDS, ...WORKLOAD_RESOURCES];

const params = z.strictObject({
  layers: z.array(layerName).default(["data"]).describe("Layers that keep their default deny"),
});

type Context = RuleContext<z.output<typeof params>>;

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
  auditConsults: [...NETWORK_PLUGIN_POLICIES.keys()],
  mode: "enforce",
  modeNote:
    "a namespace without workloads may lose it; the audit warns of one without in these layers, audits it in the others, and calls it not verified where a policy of Cilium or Calico selects it",
  doors: ["admission", "audit"],
  reads: ["spec"],
  params,
  unverified(context) {
    if (context.subject.kind !== NAMESPACE || context.layer === undefined) return undefined;
    return lacksDefaultDeny(context) ? foreignPolicy(context) : undefined;
  },
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

function missingIn(context: Context): Finding[] {
  const { subject, layer } = context;
  if (layer === undefined || !lacksDefaultDeny(context)) return [];
  if (foreignPolicy(context) !== undefined) return [];
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

function lacksDefaultDeny(context: Context): boolean {
  return !hasDefaultDeny(context) && !isLeaving(context);
}

/** What else may deny by default here; of what such a policy lets in, nothing is read. */
function foreignPolicy({ subject, cluster, namespaceObject }: Context): string | undefined {
  const name = subject.namespace;
  const namespace = { name, labels: namespaceObject && labelsOf(namespaceObject) };
  let unread: string | undefined;
  for (const [kind, selects] of NETWORK_PLUGIN_POLICIES) {
    if (cluster.readability(kind) === "unreadable") {
      unread ??= cluster.reason(kind) ?? `${kind} cannot be read`;
    }
    const place = kindInfo(kind)?.namespaced === true ? name : undefined;
    for (const policy of cluster.list(kind, place)) {
      if (isTerminating(policy) || !selects(policy, namespace)) continue;
      return `${kind} ${nameOf(policy)} selects every Pod of namespace ${name}, and what it lets in is not read`;
    }
  }
  return unread;
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
