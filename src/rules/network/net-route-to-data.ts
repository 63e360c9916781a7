import { z } from "zod";
import { layerName } from "../../engine/names.ts";
import { defineRule } from "../../engine/rule.ts";
import { dataRoutes } from "./data-routes.ts";
import { GATEWAYS, REFERENCE_GRANT, ROUTES } from "./route-kinds.ts";

const params = z.strictObject({
  layers: z.array(layerName).default(["data"]).describe("Layers that no route may lead into"),
  internalGatewayClasses: z
    .array(z.string())
    .default(["istio-waypoint"])
    .describe("Gateway classes that take traffic of the mesh only"),
});

export default defineRule({
  id: "net-route-to-data",
  title: "No route leads into the data layer",
  why:
    "An Ingress or a route makes a service of the cluster a service of the network outside. A " +
    "database behind one is only as safe as its own password.",
  practice: "network",
  since: "0.1.0",
  targets: [
    {
      kinds: [...ROUTES, ...GATEWAYS, REFERENCE_GRANT, "Service"],
      operations: ["CREATE", "UPDATE"],
    },
  ],
  needs: [],
  consults: ["Service", ...ROUTES],
  mode: "enforce",
  modeNote: "a VirtualService without hosts, whose gateways another one knows, warns",
  reads: ["spec"],
  params,
  // A route lives anywhere and is judged by where it leads.
  governs(context) {
    for (const { layer } of dataRoutes(context)) return layer;
    return undefined;
  },
  *check(context) {
    for (const { layer: _, ...finding } of dataRoutes(context)) yield finding;
  },
});
