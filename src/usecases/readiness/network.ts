import { dig } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { nameOf } from "../../kubernetes/object.ts";
import type { Gathered, LineSpec, Site, Unknown } from "./line-spec.ts";
import { objectsIn, shown } from "./places.ts";

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

function strictMutualTls(site: Site): string[] {
  return [...objectsIn(site, [PEER_AUTHENTICATION])]
    .filter(({ object }) => dig(object, "spec", "mtls", "mode") === "STRICT")
    .map((one) => `mutual TLS is strict: ${shown(one)}`);
}
