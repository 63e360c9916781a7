import { z } from "zod";
import { layerName } from "../../engine/names.ts";
import { layerOf } from "../../engine/platform.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { WORKLOAD_KINDS } from "../../kubernetes/workload.ts";
import {
  effectiveModeOfNamespace,
  effectiveModeOfPods,
  hasMesh,
  PEER_AUTHENTICATION,
} from "./effective-mtls.ts";
import { MESH_WORKLOADS, membershipFindings } from "./mesh-membership.ts";
import {
  destinationLayer,
  destinationRuleFindings,
  type MtlsParams,
  namespaceFindings,
  peerAuthenticationFindings,
  podFindings,
} from "./mtls-findings.ts";

const DESTINATION_RULE = "DestinationRule.networking.istio.io";

const params = z.strictObject({
  enforceLayers: z
    .array(layerName)
    .default(["data", "application"])
    .describe("Layers in which no port may accept plaintext; elsewhere it warns"),
  rootNamespace: z
    .string()
    .default("istio-system")
    .describe("Namespace whose PeerAuthentication holds for the whole mesh"),
});

export default defineRule({
  id: "net-mtls",
  title: "Workloads speak mutual TLS",
  why:
    "A port that also takes plaintext is open to everyone who gets a packet to it: who is calling " +
    "is not known, and passwords and tokens cross the network readable.",
  practice: "network",
  since: "0.1.0",
  targets: [
    { kinds: [PEER_AUTHENTICATION, DESTINATION_RULE], operations: ["CREATE", "UPDATE"] },
    {
      kinds: ["Namespace", ...WORKLOAD_KINDS],
      operations: ["CREATE", "UPDATE"],
      doors: ["admission", "check"],
    },
    {
      kinds: ["Namespace", ...MESH_WORKLOADS],
      operations: ["CREATE"],
      doors: ["audit"],
      needs: [PEER_AUTHENTICATION, ...MESH_WORKLOADS],
    },
  ],
  needs: [],
  mode: "enforce",
  modeNote:
    "a PeerAuthentication outside `enforceLayers` or for the whole mesh, a DestinationRule and " +
    "what opts out of the mesh warn; what it all comes to warns at the audit, and is audited " +
    "outside `enforceLayers`",
  reads: [
    "spec.mtls",
    "spec.portLevelMtls",
    "spec.selector",
    "spec.host",
    "spec.trafficPolicy",
    "spec.subsets",
    "metadata.labels",
    "TP.metadata",
  ],
  params,
  governs: governedLayer,
  check: (context) => findings(context),
});

/** What it comes to in the end takes a whole cluster. */
function* findings(context: RuleContext<MtlsParams>): Iterable<Finding> {
  yield* writtenFindings(context);
  if (context.subject.door !== "audit" || !hasMesh(context)) return;
  if (context.object.kind === "Namespace") {
    yield* effectiveModeOfNamespace(context);
    yield* membershipFindings(context);
  } else if (MESH_WORKLOADS.includes(context.object.kind)) {
    yield* effectiveModeOfPods(context);
  }
}

function writtenFindings(context: RuleContext<MtlsParams>): Iterable<Finding> {
  switch (context.object.kind) {
    case PEER_AUTHENTICATION:
      return peerAuthenticationFindings(context);
    case DESTINATION_RULE:
      return destinationRuleFindings(context);
    case "Namespace":
      return namespaceFindings(context);
    default:
      return podFindings(context);
  }
}

/**
 * A mesh-wide policy is about all layers, a DestinationRule about where its host lives, and a
 * Namespace has the layer that it is written with.
 */
function governedLayer(context: RuleContext<MtlsParams>): string | undefined {
  const { object, subject, platform, params: settings } = context;
  if (object.kind === DESTINATION_RULE) return destinationLayer(context);
  if (object.kind === "Namespace") return layerOf(platform, subject.namespace, object.raw);
  if (object.kind !== PEER_AUTHENTICATION || subject.namespace !== settings.rootNamespace) {
    return undefined;
  }
  return platform.layers[0]?.name;
}
