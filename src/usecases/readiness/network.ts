import type { GroupKind } from "../../kubernetes/kinds.ts";
import { modeOfNamespace, peerPoliciesOf } from "../../kubernetes/mesh-mode.ts";
import { nameOf, namespaceOf } from "../../kubernetes/object.ts";
import type { Gathered, LineSpec, Site, Unknown } from "./line-spec.ts";

const POLICY: GroupKind = "NetworkPolicy.networking.k8s.io";
const PEER_AUTHENTICATION: GroupKind = "PeerAuthentication.security.istio.io";

export const networkPolicies: LineSpec = {
  id: "network-policies",
  title: "Network policies block what is not needed",
  rules: [
    "net-default-deny",
    "net-policy-open",
    "net-route-to-data",
    "net-service-exposure",
    "net-mtls",
  ],
  oneOf: [[PEER_AUTHENTICATION]],
  gather(site): Gathered {
    const evidence: string[] = [];
    const unknown: Unknown[] = [];
    for (const { namespace, layer } of site.places) {
      const names = [...site.cluster.byIndex(POLICY, "default-deny", namespace)].map(nameOf).sort();
      if (names.length > 0) {
        evidence.push(`default deny in ${namespace}: NetworkPolicy ${names.join(", ")}`);
      } else {
        const text = `no default deny in ${layer} namespace ${namespace}`;
        unknown.push({ text, rule: "net-default-deny" });
      }
    }
    evidence.push(...strictMutualTls(site));
    return { evidence, unknown, applies: site.places.length > 0 };
  },
};

/** Where every Pod that no policy selects refuses plaintext, by whose word. */
function* strictMutualTls({ cluster, policy, places }: Site): Iterable<string> {
  const params = policy.checks.find(({ rule }) => rule.id === "net-mtls")?.params;
  const { rootNamespace = "" } = (params ?? {}) as { readonly rootNamespace?: string };
  const root = peerPoliciesOf(cluster.list(PEER_AUTHENTICATION, rootNamespace));
  for (const { namespace } of places) {
    const own = peerPoliciesOf(cluster.list(PEER_AUTHENTICATION, namespace));
    const { mode, by } = modeOfNamespace(root, own);
    if (mode !== "STRICT" || by === undefined) continue;
    const name = `${namespaceOf(by) ?? ""}/${nameOf(by) ?? ""}`;
    yield `mutual TLS is strict in ${namespace}: PeerAuthentication ${name}`;
  }
}
