import { asObject, type JsonObject, own, ownArray, ownObject, ownString } from "./json.ts";
import { field, item, type Location, ROOT } from "./location.ts";
import { specOf } from "./object.ts";
import { isEmptySelector, isNullSelector } from "./selector.ts";

/** Where a PeerAuthentication lets in connections that are not encrypted. */
export interface PlaintextMode {
  /** `5432`; undefined: every port that has no mode of its own. */
  readonly port: string | undefined;
  /** `PERMISSIVE`, `DISABLE`; `UNSET` only in the root namespace, where nothing is above it. */
  readonly mode: string;
  /** Larger is worse: DISABLE takes nothing but plaintext. */
  readonly rank: number;
  readonly location: Location;
}

const RANKS: ReadonlyMap<string, number> = new Map([
  ["PERMISSIVE", 1],
  ["DISABLE", 2],
]);

/**
 * UNSET inherits from the namespace's, then from the mesh-wide policy, and is PERMISSIVE only in
 * the root namespace. There Istio ignores policies with a selector.
 * Source: PeerAuthentication, security.istio.io/v1.
 */
export function* plaintextModesOf(policy: JsonObject, isRoot: boolean): Iterable<PlaintextMode> {
  const spec = specOf(policy);
  const selector = own(spec, "selector");
  const selectsWorkloads = !isNullSelector(selector) && !isEmptySelector(selector);
  if (isRoot && selectsWorkloads) return;
  const root = field(ROOT, "spec");
  const mode = ownString(ownObject(spec, "mtls"), "mode") ?? "UNSET";
  const rank = RANKS.get(mode) ?? (isRoot && mode === "UNSET" ? 1 : undefined);
  const location = field(root, "mtls", "mode");
  if (rank !== undefined) yield { port: undefined, mode, rank, location };
  const ports = ownObject(spec, "portLevelMtls") ?? {};
  for (const [port, entry] of Object.entries(ports)) {
    const portMode = ownString(asObject(entry), "mode") ?? "UNSET";
    const portRank = RANKS.get(portMode);
    if (portRank === undefined) continue;
    const at = field(root, "portLevelMtls", port, "mode");
    yield { port, mode: portMode, rank: portRank, location: at };
  }
}

/** Where a DestinationRule makes clients of its host speak plaintext. */
export function* plaintextPoliciesOf(rule: JsonObject): Iterable<Location> {
  const spec = specOf(rule);
  const root = field(ROOT, "spec");
  yield* disabledIn(ownObject(spec, "trafficPolicy"), field(root, "trafficPolicy"));
  const subsets = ownArray(spec, "subsets");
  for (let index = 0; index < subsets.length; index++) {
    const subset = asObject(subsets[index]);
    const at = item(field(root, "subsets"), index, ownString(subset, "name"));
    yield* disabledIn(ownObject(subset, "trafficPolicy"), field(at, "trafficPolicy"));
  }
}

function* disabledIn(policy: JsonObject | undefined, at: Location): Iterable<Location> {
  if (isDisabled(policy)) yield field(at, "tls", "mode");
  const ports = ownArray(policy, "portLevelSettings");
  for (let index = 0; index < ports.length; index++) {
    const location = item(field(at, "portLevelSettings"), index);
    if (isDisabled(asObject(ports[index]))) yield field(location, "tls", "mode");
  }
}

function isDisabled(policy: JsonObject | undefined): boolean {
  return ownString(ownObject(policy, "tls"), "mode") === "DISABLE";
}

export function hostOf(rule: JsonObject): string | undefined {
  return ownString(specOf(rule), "host");
}

const NAMESPACE_INJECTION = "istio-injection";
const POD_INJECTION = "sidecar.istio.io/inject";
const REVISION = "istio.io/rev";
const DATAPLANE_MODE = "istio.io/dataplane-mode";

/** A label by which a Namespace or Pod opts out of the mesh. */
export interface OptOut {
  /** `istio-injection: disabled` */
  readonly text: string;
  readonly key: string;
  /** Where it is written. */
  readonly on: "labels" | "annotations";
}

export function namespaceOptOut(labels: JsonObject | undefined): OptOut | undefined {
  if (ownString(labels, NAMESPACE_INJECTION) === "disabled") {
    return { text: `${NAMESPACE_INJECTION}: disabled`, key: NAMESPACE_INJECTION, on: "labels" };
  }
  return ambientOptOut(labels);
}

/** The label beats the annotation of the same name, which only older versions wrote. */
export function podOptOut(
  labels: JsonObject | undefined,
  annotations: JsonObject | undefined,
): OptOut | undefined {
  const on = own(labels, POD_INJECTION) === undefined ? "annotations" : "labels";
  const value = own(on === "labels" ? labels : annotations, POD_INJECTION);
  if (value === "false") return { text: `${POD_INJECTION}: "false"`, key: POD_INJECTION, on };
  return ambientOptOut(labels);
}

/** Whether the labels of a Namespace bring its Pods into the mesh. */
export function isNamespaceInMesh(labels: JsonObject | undefined): boolean {
  if (namespaceOptOut(labels) !== undefined) return false;
  if (ownString(labels, NAMESPACE_INJECTION) === "enabled") return true;
  return hasRevision(labels) || ownString(labels, DATAPLANE_MODE) === "ambient";
}

/** Whether Pods come into the mesh by themselves; only labels make Istio look at them at all. */
export function arePodsInMesh(labels: JsonObject | undefined): boolean {
  if (ownString(labels, DATAPLANE_MODE) === "ambient") return true;
  const inject = ownString(labels, POD_INJECTION);
  return inject === "true" || (inject === undefined && hasRevision(labels));
}

function hasRevision(labels: JsonObject | undefined): boolean {
  return (ownString(labels, REVISION) ?? "") !== "";
}

function ambientOptOut(labels: JsonObject | undefined): OptOut | undefined {
  if (ownString(labels, DATAPLANE_MODE) !== "none") return undefined;
  return { text: `${DATAPLANE_MODE}: none`, key: DATAPLANE_MODE, on: "labels" };
}
