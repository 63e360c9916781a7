import { callsCalico } from "./calico-selector.ts";
import { asObject, type JsonObject, own, ownArray, ownObject, ownString } from "./json.ts";
import type { GroupKind } from "./kinds.ts";
import { nameOf, specOf } from "./object.ts";
import { selects } from "./selector.ts";

/** A Namespace, as far as selectors know it. */
export interface SelectedNamespace {
  readonly name: string;
  readonly labels: JsonObject | undefined;
}

type Selects = (policy: JsonObject, namespace: SelectedNamespace) => boolean;

/** Policies of network plug-ins that may isolate every Pod of a namespace against ingress. */
export const NETWORK_PLUGIN_POLICIES: ReadonlyMap<GroupKind, Selects> = new Map([
  ["CiliumNetworkPolicy.cilium.io", ciliumSelects],
  ["CiliumClusterwideNetworkPolicy.cilium.io", ciliumSelects],
  ["NetworkPolicy.projectcalico.org", calicoSelects],
  ["GlobalNetworkPolicy.projectcalico.org", calicoSelects],
  ["NetworkPolicy.crd.projectcalico.org", calicoSelects],
  ["GlobalNetworkPolicy.crd.projectcalico.org", calicoSelects],
]);

/** Labels that Cilium gives each Pod of a namespace; a selector may name where they come from. */
const CILIUM_SOURCE = /^(?:k8s|any)[:.]/;
const CILIUM_NAMESPACE = "io.kubernetes.pod.namespace";
const CILIUM_LABELS = "io.cilium.k8s.namespace.labels.";

/** One object may hold several policies. */
function ciliumSelects(policy: JsonObject, namespace: SelectedNamespace): boolean {
  const labels: Record<string, unknown> = { [CILIUM_NAMESPACE]: namespace.name };
  for (const key of Object.keys(namespace.labels ?? {})) {
    labels[`${CILIUM_LABELS}${key}`] = own(namespace.labels, key);
  }
  return [own(policy, "spec"), ...ownArray(policy, "specs")].some((entry) => {
    const rule = asObject(entry);
    const selector = ownObject(rule, "endpointSelector");
    if (rule === undefined || selector === undefined || !ciliumIsolates(rule)) return false;
    const bare = withBareKeys(selector);
    return bare !== undefined && selects(bare, labels);
  });
}

/** By default as soon as it has a rule for ingress. */
function ciliumIsolates(rule: JsonObject): boolean {
  const asked = own(ownObject(rule, "enableDefaultDeny"), "ingress");
  if (typeof asked === "boolean") return asked;
  return ownArray(rule, "ingress").length > 0 || ownArray(rule, "ingressDeny").length > 0;
}

/** The selector by the labels of a namespace; undefined when it asks for those of Pods as well. */
function withBareKeys(selector: JsonObject): JsonObject | undefined {
  const labels = Object.entries(ownObject(selector, "matchLabels") ?? {}).map(
    ([key, value]) => [key.replace(CILIUM_SOURCE, ""), value] as const,
  );
  const expressions = ownArray(selector, "matchExpressions").map((entry) => {
    const expression = asObject(entry) ?? {};
    const key = (ownString(expression, "key") ?? "").replace(CILIUM_SOURCE, "");
    return { ...expression, key };
  });
  const keys = [...labels.map(([key]) => key), ...expressions.map(({ key }) => key)];
  const isOfNamespace = (key: string) => key === CILIUM_NAMESPACE || key.startsWith(CILIUM_LABELS);
  if (!keys.every(isOfNamespace)) return undefined;
  return { matchLabels: Object.fromEntries(labels), matchExpressions: expressions };
}

/** What Calico makes of the NetworkPolicies of Kubernetes, which are read as such. */
const CALICO_MIRROR = "knp.default.";

/** One that cannot be told to leave the namespace out may govern it. */
function calicoSelects(policy: JsonObject, { name, labels }: SelectedNamespace): boolean {
  const spec = specOf(policy);
  if (spec === undefined || nameOf(policy)?.startsWith(CALICO_MIRROR) === true) return false;
  if (own(spec, "preDNAT") === true || own(spec, "doNotTrack") === true) return false;
  const accounts = ownString(spec, "serviceAccountSelector") ?? "";
  if (!calicoIsolates(spec) || accounts.trim() !== "") return false;
  const ofNamespace = { ...labels, "projectcalico.org/name": name };
  const ofPods = { "projectcalico.org/namespace": name, "projectcalico.org/orchestrator": "k8s" };
  return (
    callsCalico(ownString(spec, "namespaceSelector"), ofNamespace, "complete") &&
    callsCalico(ownString(spec, "selector"), ofPods, "of every Pod")
  );
}

/** Absent types mean Ingress, unless there are rules for egress alone. */
function calicoIsolates(spec: JsonObject): boolean {
  const types = ownArray(spec, "types");
  if (types.length > 0) return types.includes("Ingress");
  return ownArray(spec, "egress").length === 0 || own(spec, "ingress") !== undefined;
}
