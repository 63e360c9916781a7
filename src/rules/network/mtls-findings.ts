import { layerOfNamespace } from "../../engine/layered-namespaces.ts";
import type { Finding, RuleContext } from "../../engine/rule.ts";
import { ownObject } from "../../kubernetes/json.ts";
import { field, pathOf, ROOT } from "../../kubernetes/location.ts";
import {
  hostOf,
  namespaceOptOut,
  type OptOut,
  plaintextModesOf,
  plaintextPoliciesOf,
  podOptOut,
} from "../../kubernetes/mesh-mtls.ts";
import { labelsOf } from "../../kubernetes/object.ts";
import { serviceOfHost } from "../../kubernetes/route-host.ts";

export interface MtlsParams {
  readonly enforceLayers: readonly string[];
  readonly rootNamespace: string;
}

type Context = RuleContext<MtlsParams>;

/** In the root namespace it is about every layer, elsewhere about its own. */
export function* peerAuthenticationFindings(context: Context): Iterable<Finding> {
  const { subject, object, layer, params } = context;
  const isRoot = subject.namespace === params.rootNamespace;
  if (layer === undefined && !isRoot) return;
  const isEnforced = !isRoot && layer !== undefined && params.enforceLayers.includes(layer);
  for (const { port, mode, rank, location } of plaintextModesOf(object.raw, isRoot)) {
    const what = port === undefined ? `PeerAuthentication ${subject.name}` : `port ${port}`;
    const where = isRoot ? "in the whole mesh" : `in the ${layer} layer`;
    const inherited = mode === "UNSET" ? "UNSET is PERMISSIVE there" : `mode ${mode}`;
    yield {
      message: `${what} accepts plaintext ${where} (${inherited})`,
      fix: "set mode STRICT",
      location,
      key: `mode ${port ?? ""}`,
      magnitude: rank,
      ...(isEnforced ? {} : { atMost: "warn" as const }),
    };
  }
}

export function* destinationRuleFindings(context: Context): Iterable<Finding> {
  const { subject, object } = context;
  const layer = destinationLayer(context);
  if (layer === undefined) return;
  for (const location of plaintextPoliciesOf(object.raw)) {
    yield {
      message: `DestinationRule ${subject.name} makes clients speak plaintext to a host of the ${layer} layer (tls.mode DISABLE)`,
      fix: "set tls.mode ISTIO_MUTUAL, or remove tls",
      location,
      key: pathOf(location).replaceAll(indexes, "[]"),
      atMost: "warn",
    };
  }
}

const indexes = /\[\d+\]/g;

/** The layer that the host of a DestinationRule lives in. */
export function destinationLayer({
  subject,
  object,
  platform,
  cluster,
}: Context): string | undefined {
  const service = serviceOfHost(hostOf(object.raw) ?? "", subject.namespace);
  return service && layerOfNamespace(platform, cluster, service.namespace);
}

export function* namespaceFindings({ object, layer, subject, params }: Context): Iterable<Finding> {
  const optOut = namespaceOptOut(labelsOf(object.raw));
  // The mesh itself does not run in the mesh.
  if (optOut === undefined || layer === undefined) return;
  if (subject.name === params.rootNamespace) return;
  const location = field(ROOT, "metadata", "labels", optOut.key);
  yield optOutFinding(`namespace ${subject.name} stays`, optOut, location);
}

export function* podFindings({ object, layer }: Context): Iterable<Finding> {
  const { template } = object;
  if (template === undefined || layer === undefined) return;
  const metadata = ownObject(template.raw, "metadata");
  const optOut = podOptOut(template.labels, ownObject(metadata, "annotations"));
  if (optOut === undefined) return;
  const location = field(template.location, "metadata", optOut.on, optOut.key);
  yield optOutFinding("these Pods stay", optOut, location);
}

function optOutFinding(who: string, { text, key }: OptOut, location: Finding["location"]): Finding {
  return {
    message: `${who} outside the mesh (${text}), so nothing encrypts what they say`,
    fix: "remove it, or name in an override of the policy why mutual TLS is impossible here",
    location,
    key,
    atMost: "warn",
  };
}
