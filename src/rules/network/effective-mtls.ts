import { getOrAdd } from "../../engine/get-or-add.ts";
import type { Mode } from "../../engine/modes.ts";
import type { Finding, RuleContext } from "../../engine/rule.ts";
import { podLabelsOf } from "../../kubernetes/indexes.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { ROOT } from "../../kubernetes/location.ts";
import {
  type EffectiveMode,
  modeOfNamespace,
  modeOfPods,
  type PeerPolicies,
  type PodMode,
  peerPoliciesOf,
} from "../../kubernetes/mesh-mode.ts";
import { nameOf, namespaceOf } from "../../kubernetes/object.ts";
import type { MtlsParams } from "./mtls-findings.ts";

export const PEER_AUTHENTICATION: GroupKind = "PeerAuthentication.security.istio.io";

type Context = RuleContext<MtlsParams>;

/** Without Istio there is nothing to ask of anybody. */
export function hasMesh({ cluster }: Context): boolean {
  return cluster.readability(PEER_AUTHENTICATION) === "readable";
}

/** The layer that an object is asked about; the mesh itself does not run in the mesh. */
export function askedLayer({ subject, layer, params }: Context): string | undefined {
  return subject.namespace === params.rootNamespace ? undefined : layer;
}

/** A warning where plaintext is refused when it is written, else for the report. */
export function severity({ params }: Context, layer: string): { readonly atMost: Mode } {
  return { atMost: params.enforceLayers.includes(layer) ? "warn" : "audit" };
}

/** What the policies for the whole mesh and for the namespace come to. */
export function* effectiveModeOfNamespace(context: Context): Iterable<Finding> {
  const layer = askedLayer(context);
  if (layer === undefined) return;
  const { mode, by } = inheritedMode(context);
  if (mode === "STRICT") return;
  const { name } = context.subject;
  const why = by === undefined ? "no PeerAuthentication sets one" : `by ${shown(by)}`;
  const create = `create a PeerAuthentication without selector and with mtls.mode STRICT in ${name}, or in ${context.params.rootNamespace} for the whole mesh`;
  yield {
    message: `${layer} namespace ${name} accepts plaintext: its effective mode is ${mode} (${why})`,
    fix: by === undefined ? create : `set mtls.mode STRICT in ${shown(by)}`,
    location: ROOT,
    key: "effective mode",
    ...severity(context, layer),
  };
}

/** Where a policy with a selector lets these Pods accept what the rest of a namespace does not. */
export function* effectiveModeOfPods(context: Context): Iterable<Finding> {
  const { subject, object } = context;
  const layer = askedLayer(context);
  if (layer === undefined) return;
  const { selecting } = peerPolicies(context, subject.namespace);
  if (selecting.length === 0) return;
  const inherited = inheritedMode(context);
  for (const labels of podLabelsOf(object.kind, object.raw)) {
    const found = modeOfPods(inherited, peerPolicies(context, subject.namespace), labels);
    const what = weakness(inherited, found);
    if (what === undefined || found.by === undefined) continue;
    yield {
      message: `these Pods accept plaintext ${what} (by ${shown(found.by)})`,
      fix: `set mode STRICT in ${shown(found.by)}`,
      location: ROOT,
      key: "effective mode",
      ...severity(context, layer),
    };
    return;
  }
}

/** Of a namespace that is not strict itself it is said there. */
function weakness(inherited: EffectiveMode, { mode, ports }: PodMode): string | undefined {
  if (mode !== "STRICT") {
    return inherited.mode === "STRICT" ? `though others here do not: ${mode}` : undefined;
  }
  if (ports.length === 0) return undefined;
  return `on ${ports.map((one) => `port ${one.port}: ${one.mode}`).join(", ")}`;
}

function inheritedMode(context: Context): EffectiveMode {
  const root = peerPolicies(context, context.params.rootNamespace);
  return modeOfNamespace(root, peerPolicies(context, context.subject.namespace));
}

const POLICIES = Symbol("PeerAuthentications by namespace");

function peerPolicies({ cluster, once }: Context, namespace: string): PeerPolicies {
  const known = once(POLICIES, () => new Map<string, PeerPolicies>());
  return getOrAdd(known, namespace, () =>
    peerPoliciesOf(cluster.list(PEER_AUTHENTICATION, namespace)),
  );
}

function shown(policy: JsonObject): string {
  return `PeerAuthentication ${namespaceOf(policy) ?? ""}/${nameOf(policy) ?? ""}`;
}
