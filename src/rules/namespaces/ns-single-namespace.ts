import { z } from "zod";
import { componentOf } from "../../engine/component.ts";
import { defineRule, type RuleContext } from "../../engine/rule.ts";
import { Judged } from "../../engine/subject.ts";
import { ROOT } from "../../kubernetes/location.ts";
import { isTerminating, namespaceOf } from "../../kubernetes/object.ts";
import { TOP_LEVEL_WORKLOADS } from "./component-place.ts";

const HOSTS = [...TOP_LEVEL_WORKLOADS, "Keycloak.k8s.keycloak.org"];

export default defineRule({
  id: "ns-single-namespace",
  title: "The platform is spread over namespaces",
  why: "In one namespace for everything whoever may restart a dashboard may delete the database, one quota is used up by all, and no network policy by namespace can tell them apart.",
  practice: "namespaces",
  since: "0.1.0",
  targets: [{ kinds: ["Namespace"], operations: ["CREATE"] }],
  needs: HOSTS,
  mode: "audit",
  modeNote: "said of the one namespace",
  everywhere: true,
  doors: ["audit"],
  reads: ["metadata"],
  params: z.strictObject({}),
  check(context) {
    const { subject, platform } = context;
    const hosted = componentsByNamespace(context);
    const own = hosted.get(subject.namespace);
    if (hosted.size !== 1 || own === undefined) return [];
    const layers = new Set([...own].map((name) => platform.components.get(name)?.layer));
    if (layers.size < 2) return [];
    return [
      {
        message: `every component runs in namespace ${subject.namespace}: ${[...own].sort().join(", ")}`,
        fix: `give each layer a namespace of its own: ${platform.layers.map(({ name }) => name).join(", ")}`,
        location: ROOT,
        key: "single",
      },
    ];
  },
});

const COMPONENTS = Symbol("components by namespace");

/** Components of the policy, declared or inferred, by the namespaces that hold any. */
function componentsByNamespace({
  cluster,
  platform,
  once,
}: RuleContext): ReadonlyMap<string, ReadonlySet<string>> {
  return once(COMPONENTS, () => {
    const found = new Map<string, Set<string>>();
    for (const kind of HOSTS) {
      for (const raw of cluster.list(kind)) {
        const name = componentOf(platform, new Judged(kind, raw))?.name ?? "";
        if (isTerminating(raw) || !platform.components.has(name)) continue;
        const namespace = namespaceOf(raw) ?? "";
        found.set(namespace, (found.get(namespace) ?? new Set()).add(name));
      }
    }
    return found;
  });
}
