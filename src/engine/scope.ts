import type { JsonObject } from "../kubernetes/json.ts";
import type { ClusterView } from "./cluster-view.ts";
import { layerOf } from "./platform.ts";
import type { Policy } from "./policy.ts";
import type { Subject } from "./subject.ts";

/** Where an object lives, as far as that can be known. */
export interface Scope {
  readonly layer: string | undefined;
  readonly namespaceObject: JsonObject | undefined;
  /** Set when the namespace could not be read: nothing that rests on the layer may deny. */
  readonly notVerified: string | undefined;
}

/** Without a cluster, or for a namespace it does not know, the policy's own lists decide. */
export function scopeOf(policy: Policy, cluster: ClusterView, subject: Subject): Scope {
  const { namespace } = subject;
  if (namespace === "") {
    return { layer: undefined, namespaceObject: undefined, notVerified: undefined };
  }
  if (cluster.readability("Namespace") === "unreadable") {
    return {
      layer: layerOf(policy.platform, namespace, undefined),
      namespaceObject: undefined,
      notVerified: cluster.reason("Namespace") ?? "namespaces cannot be read",
    };
  }
  const namespaceObject = cluster.get("Namespace", "", namespace);
  const layer = layerOf(policy.platform, namespace, namespaceObject);
  return { layer, namespaceObject, notVerified: undefined };
}
