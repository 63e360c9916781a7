import { z } from "zod";
import type { Mode } from "../../engine/modes.ts";
import { layerName } from "../../engine/names.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { hostPortsOf, usesHostNetwork } from "../../kubernetes/host-access.ts";
import { field } from "../../kubernetes/location.ts";
import { WORKLOAD_KINDS } from "../../kubernetes/workload.ts";

const params = z.strictObject({
  enforceLayers: z
    .array(layerName)
    .default(["data", "application"])
    .describe("Layers whose Pods must stay off the node's network; elsewhere it warns"),
});

export default defineRule({
  id: "net-host-access",
  title: "Pods stay off the network of their node",
  why:
    "A Pod on the host network is out of reach of every NetworkPolicy and of the mesh's sidecar, " +
    "and a host port is open to whoever can reach the node.",
  practice: "network",
  since: "0.1.0",
  targets: [
    { kinds: [...WORKLOAD_KINDS, "Pooler.postgresql.cnpg.io"], operations: ["CREATE", "UPDATE"] },
  ],
  needs: [],
  mode: "enforce",
  modeNote: "outside `enforceLayers` it warns",
  reads: ["TP.spec.hostNetwork", "TP.spec.containers", "TP.spec.initContainers"],
  params,
  check: (context) => findings(context),
});

function* findings({
  subject,
  object,
  layer,
  params: { enforceLayers },
}: RuleContext<z.output<typeof params>>): Iterable<Finding> {
  const { template } = object;
  if (template === undefined) return;
  const isEnforced = layer !== undefined && enforceLayers.includes(layer);
  const atMost: { atMost?: Mode } = isEnforced ? {} : { atMost: "warn" };
  if (usesHostNetwork(template)) {
    yield {
      message:
        "Pods share the network of their node (hostNetwork true), beyond every NetworkPolicy",
      fix: "remove hostNetwork and reach the Pods through a Service",
      location: field(template.specLocation, "hostNetwork"),
      key: "hostNetwork",
      ...atMost,
    };
    // Its ports are host ports by default. Of the old object they count: losing hostNetwork while
    // they stay makes nothing worse.
    if (object !== subject.old) return;
  }
  for (const { container, port, protocol, location } of hostPortsOf(object.containers)) {
    yield {
      message: `container ${container} takes port ${port} of its node (hostPort)`,
      fix: "remove hostPort and reach the Pods through a Service",
      location,
      key: `hostPort ${container} ${port} ${protocol}`,
      ...atMost,
    };
  }
}
