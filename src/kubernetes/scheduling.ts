import { asObject, type JsonObject, own, ownArray, ownObject, ownString } from "./json.ts";
import { isNullSelector, selects } from "./selector.ts";
import type { PodTemplate } from "./workload.ts";

/** Where the Pods run: a term of podAntiAffinity may look into other namespaces too. */
export interface PodPlace {
  readonly namespace: string;
  readonly namespaceLabels: JsonObject | undefined;
  /** How many Pods there are to keep apart. */
  readonly replicas: number;
}

/**
 * Whether anything in the template keeps its own Pods apart: a term of podAntiAffinity, required
 * or preferred, or a topology spread constraint, that selects the template's labels. Any topology
 * will do: every zone has nodes of its own.
 */
export function isSpread(template: PodTemplate, place: PodPlace): boolean {
  return hasAntiAffinity(template, place) || hasSpreadConstraint(template, place);
}

/** A null selector selects nothing; a skew of all Pods lets them share one node. */
function hasSpreadConstraint({ spec, labels }: PodTemplate, { replicas }: PodPlace): boolean {
  for (const entry of ownArray(spec, "topologySpreadConstraints")) {
    const constraint = asObject(entry);
    const maxSkew = own(constraint, "maxSkew");
    if (typeof maxSkew === "number" && maxSkew >= replicas) continue;
    if (hasTopology(constraint) && selects(own(constraint, "labelSelector"), labels)) return true;
  }
  return false;
}

function hasAntiAffinity(template: PodTemplate, place: PodPlace): boolean {
  const rules = ownObject(ownObject(template.spec, "affinity"), "podAntiAffinity");
  for (const term of ownArray(rules, "requiredDuringSchedulingIgnoredDuringExecution")) {
    if (repelsItself(asObject(term), template, place)) return true;
  }
  for (const entry of ownArray(rules, "preferredDuringSchedulingIgnoredDuringExecution")) {
    if (repelsItself(ownObject(asObject(entry), "podAffinityTerm"), template, place)) return true;
  }
  return false;
}

function repelsItself(
  term: JsonObject | undefined,
  { labels }: PodTemplate,
  place: PodPlace,
): boolean {
  if (!hasTopology(term) || !selects(own(term, "labelSelector"), labels)) return false;
  // A Pod always has the value of its own template: `unlike mine` never means its siblings.
  const unlike = ownArray(term, "mismatchLabelKeys");
  if (unlike.some((key) => typeof key === "string" && own(labels, key) !== undefined)) return false;
  return reaches(term, place);
}

/** Neither namespaces nor namespaceSelector: the Pod's own namespace. */
function reaches(term: JsonObject | undefined, place: PodPlace): boolean {
  const namespaces = ownArray(term, "namespaces");
  const selector = own(term, "namespaceSelector");
  if (namespaces.length === 0 && isNullSelector(selector)) return true;
  if (namespaces.includes(place.namespace)) return true;
  const labels = { ...place.namespaceLabels, "kubernetes.io/metadata.name": place.namespace };
  return selects(selector, labels);
}

function hasTopology(term: JsonObject | undefined): boolean {
  return (ownString(term, "topologyKey") ?? "") !== "";
}
