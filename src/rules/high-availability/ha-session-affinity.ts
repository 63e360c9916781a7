import { z } from "zod";
import { componentOf } from "../../engine/component.ts";
import { componentName } from "../../engine/names.ts";
import { selectedBy } from "../../engine/pod-labels.ts";
import { defineRule, type RuleContext } from "../../engine/rule.ts";
import { Judged } from "../../engine/subject.ts";
import { ownString } from "../../kubernetes/json.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { isTerminating, namespaceOf, specOf } from "../../kubernetes/object.ts";
import { INGRESS, ingressBackends } from "../../kubernetes/route.ts";
import { serviceOfHost } from "../../kubernetes/route-host.ts";
import { serviceSelectorOf } from "../../kubernetes/scrape.ts";
import {
  balancesNothing,
  DESTINATION_RULE,
  hasClientAffinity,
  hasStickyAnnotation,
  isSticky,
} from "../../kubernetes/session-affinity.ts";

const BEHIND: readonly GroupKind[] = ["Deployment.apps", "StatefulSet.apps"];

const params = z.strictObject({
  components: z
    .array(componentName)
    .default(["identity-provider"])
    .describe("Components that keep the sessions of their users in memory"),
});

type Context = RuleContext<z.output<typeof params>>;

export default defineRule<z.output<typeof params>>({
  id: "ha-session-affinity",
  title: "Clients of the identity provider stay with one replica",
  why: "A login takes several requests. Where each may reach another replica every one of them first has to fetch the session from elsewhere, and while replicas come and go some logins fail.",
  practice: "high-availability",
  since: "0.1.0",
  targets: [{ kinds: ["Service"], operations: ["CREATE"] }],
  needs: [...BEHIND, INGRESS],
  consults: [DESTINATION_RULE],
  mode: "audit",
  modeNote: "recommended, not required",
  doors: ["audit"],
  reads: ["spec", "metadata"],
  params,
  check(context) {
    const { subject, object } = context;
    if (balancesNothing(object.raw) || hasClientAffinity(object.raw)) return [];
    const component = componentBehind(context);
    if (component === undefined || isStuckElsewhere(context)) return [];
    return [
      {
        message: `Service ${subject.name} spreads the requests of one client over all replicas of ${component}`,
        fix: "set spec.sessionAffinity to ClientIP, or make its Ingress or DestinationRule sticky",
        location: field(ROOT, "spec", "sessionAffinity"),
        key: "affinity",
      },
    ];
  },
});

function componentBehind({ cluster, platform, subject, object, params }: Context) {
  const matchLabels = serviceSelectorOf(object.raw);
  if (matchLabels === undefined) return undefined;
  for (const kind of BEHIND) {
    for (const raw of selectedBy(cluster, kind, subject.namespace, { matchLabels })) {
      const name = componentOf(platform, new Judged(kind, raw))?.name;
      if (name !== undefined && params.components.includes(name)) return name;
    }
  }
  return undefined;
}

/** Only asked about Services of these components, of which there are few. */
function isStuckElsewhere({ cluster, subject, object }: Context): boolean {
  const { namespace, name } = subject;
  if (hasStickyAnnotation(object.raw)) return true;
  for (const ingress of cluster.list(INGRESS, namespace)) {
    if (isTerminating(ingress) || !hasStickyAnnotation(ingress)) continue;
    for (const backend of ingressBackends(ingress, namespace))
      if (backend.name === name) return true;
  }
  for (const rule of cluster.list(DESTINATION_RULE)) {
    if (isTerminating(rule) || !isSticky(rule)) continue;
    const host = ownString(specOf(rule), "host") ?? "";
    const service = serviceOfHost(host, namespaceOf(rule) ?? "");
    if (service?.name === name && service.namespace === namespace) return true;
  }
  return false;
}
