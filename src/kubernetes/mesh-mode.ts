import { createdAt } from "./age.ts";
import { asObject, type JsonObject, own, ownObject, ownString } from "./json.ts";
import { nameOf, specOf } from "./object.ts";
import { isEmptySelector, isNullSelector, selects } from "./selector.ts";

/** The PeerAuthentications of one namespace that Istio heeds. */
export interface PeerPolicies {
  /** Without selector: for every Pod. */
  readonly wide: JsonObject | undefined;
  /** The others, the one that wins first. */
  readonly selecting: readonly JsonObject[];
}

export const NO_PEER_POLICIES: PeerPolicies = { wide: undefined, selecting: [] };

/** What mutual TLS comes to. */
export interface EffectiveMode {
  /** `STRICT`, `PERMISSIVE` or `DISABLE`. */
  readonly mode: string;
  /** The PeerAuthentication that says so; undefined: nobody does. */
  readonly by: JsonObject | undefined;
}

/** Where nobody says anything. */
const DEFAULT: EffectiveMode = { mode: "PERMISSIVE", by: undefined };

/** Of several that hold for the same Pods the oldest counts, as in Istio's pilot/pkg/model. */
export function peerPoliciesOf(policies: Iterable<JsonObject>): PeerPolicies {
  const sorted = [...policies].sort(byAge);
  return {
    wide: sorted.find(isWide),
    selecting: sorted.filter((policy) => !isWide(policy)),
  };
}

/**
 * The mode of Pods that no policy of the namespace selects. UNSET leaves it to the one above; of the
 * root namespace only what has no selector counts.
 */
export function modeOfNamespace(root: PeerPolicies, { wide }: PeerPolicies): EffectiveMode {
  return writtenMode(wide) ?? writtenMode(root.wide) ?? DEFAULT;
}

export interface PodMode extends EffectiveMode {
  /** Ports with a mode of their own, where it is another one. */
  readonly ports: readonly { readonly port: string; readonly mode: string }[];
}

/** The mode of Pods with these labels, in a namespace that has `inherited` for all others. */
export function modeOfPods(
  inherited: EffectiveMode,
  { selecting }: PeerPolicies,
  labels: JsonObject | undefined,
): PodMode {
  const policy = selecting.find((one) => selects(own(specOf(one), "selector"), labels));
  const whole = writtenMode(policy) ?? inherited;
  const ports = Object.entries(ownObject(policy && specOf(policy), "portLevelMtls") ?? {})
    .map(([port, entry]) => ({ port, mode: modeIn(asObject(entry)) ?? whole.mode }))
    .filter(({ mode }) => mode !== whole.mode);
  return { mode: whole.mode, by: ports.length > 0 ? policy : whole.by, ports };
}

function isWide(policy: JsonObject): boolean {
  const selector = own(specOf(policy), "selector");
  return isNullSelector(selector) || isEmptySelector(selector);
}

function writtenMode(policy: JsonObject | undefined): EffectiveMode | undefined {
  const mode = policy && modeIn(ownObject(specOf(policy), "mtls"));
  return mode === undefined ? undefined : { mode, by: policy };
}

function modeIn(mtls: JsonObject | undefined): string | undefined {
  const mode = ownString(mtls, "mode");
  return mode === "UNSET" ? undefined : mode;
}

/** What was written down without the time comes last, by name. */
function byAge(left: JsonObject, right: JsonObject): number {
  const [a, b] = [left, right].map((policy) => createdAt(policy) ?? Number.MAX_SAFE_INTEGER);
  if (a !== b) return (a ?? 0) - (b ?? 0);
  return (nameOf(left) ?? "") < (nameOf(right) ?? "") ? -1 : 1;
}
