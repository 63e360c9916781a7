import { z } from "zod";
import { componentOf } from "../../engine/component.ts";
import { componentName, layerName } from "../../engine/names.ts";
import { COMPONENT_LABEL } from "../../engine/platform.ts";
import { selectedBy } from "../../engine/pod-labels.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { Judged } from "../../engine/subject.ts";
import {
  type Exposure,
  exposuresOf,
  isGatewayService,
  type ServiceSpec,
  serviceSpecsOf,
} from "../../kubernetes/exposure.ts";
import { type JsonObject, own, ownObject, ownString } from "../../kubernetes/json.ts";
import { pathOf } from "../../kubernetes/location.ts";
import { labelsOf } from "../../kubernetes/object.ts";

/** What may stand behind a Service of its own. */
const SELECTED = ["Deployment.apps", "StatefulSet.apps", "DaemonSet.apps"];

const params = z.strictObject({
  enforceLayers: z
    .array(layerName)
    .default(["data"])
    .describe("Layers of which nothing may be reachable from outside"),
  entryComponents: z
    .array(componentName)
    .default(["api-gateway", "service-mesh"])
    .describe("Components that are the way in; exposing them is fine, but not in those layers"),
  allowInternalLoadBalancers: z
    .boolean()
    .default(false)
    .describe("Whether a load balancer with one of `internalAnnotations` counts as inside"),
  internalAnnotations: z
    .record(z.string(), z.array(z.string()))
    .default({
      "service.beta.kubernetes.io/aws-load-balancer-internal": ["true", "0.0.0.0/0"],
      "service.beta.kubernetes.io/aws-load-balancer-scheme": ["internal"],
      "service.beta.kubernetes.io/azure-load-balancer-internal": ["true"],
      "service.beta.kubernetes.io/openstack-internal-load-balancer": ["true"],
      "service.beta.kubernetes.io/oci-load-balancer-internal": ["true"],
      "networking.gke.io/load-balancer-type": ["Internal"],
      "cloud.google.com/load-balancer-type": ["Internal"],
    })
    .describe("Annotations of the clouds that keep a load balancer inside, and their values"),
});

type Params = z.output<typeof params>;

export default defineRule({
  id: "net-service-exposure",
  title: "Services are not reachable from outside",
  why:
    "A load balancer or a node port goes around the gateway, its authentication and its logs; " +
    "in front of a database it is the shortest way to all data.",
  practice: "network",
  since: "0.1.0",
  targets: [
    {
      kinds: ["Service", "Cluster.postgresql.cnpg.io", "Pooler.postgresql.cnpg.io"],
      operations: ["CREATE", "UPDATE"],
    },
  ],
  needs: [],
  consults: SELECTED,
  mode: "enforce",
  modeNote: "outside `enforceLayers` it warns, and lets the entry components be",
  reads: ["spec", "metadata.labels", "metadata.annotations"],
  params,
  check: (context) => findings(context),
});

function* findings(context: RuleContext<Params>): Iterable<Finding> {
  const { object, params: settings, layer } = context;
  const isGuarded = layer !== undefined && settings.enforceLayers.includes(layer);
  for (const service of serviceSpecsOf(object.kind, object.raw)) {
    for (const exposure of exposuresOf(service)) {
      if (isInternal(service, exposure, settings)) continue;
      if (!isGuarded && isEntry(context, service)) return;
      yield findingFor(context, service, exposure, isGuarded);
    }
  }
}

function findingFor(
  { object, subject, layer }: RuleContext<Params>,
  service: ServiceSpec,
  { by, rank, location }: Exposure,
  isGuarded: boolean,
): Finding {
  const isOwn = object.kind === "Service";
  const name = isOwn ? subject.name : (service.name ?? "of the operator");
  const how = rank > 0 ? `spec.type ${by}` : "spec.externalIPs";
  const where = layer === undefined ? "" : ` in the ${layer} layer`;
  return {
    message: `Service ${name} is reachable from outside (${how})${where}`,
    fix: rank > 0 ? "set type ClusterIP" : "remove externalIPs (deprecated in Kubernetes 1.36)",
    location,
    key: `${pathOf(service.location).replaceAll(indexes, "[]")} ${rank > 0 ? "type" : by}`,
    magnitude: rank,
    ...(isGuarded ? {} : { atMost: "warn" as const }),
  };
}

const indexes = /\[\d+\]/g;

function isInternal({ annotations }: ServiceSpec, { by }: Exposure, settings: Params): boolean {
  if (!settings.allowInternalLoadBalancers || by !== "LoadBalancer") return false;
  return Object.entries(settings.internalAnnotations).some(([key, values]) =>
    values.includes(ownString(annotations, key) ?? ""),
  );
}

/** Has the Pods of a way in: by its own labels, by its selector, or by the workloads it selects. */
function isEntry(context: RuleContext<Params>, service: ServiceSpec): boolean {
  const { object, platform, params: settings } = context;
  if (object.kind !== "Service") return false;
  const labels = labelsOf(object.raw);
  const selector = ownObject(service.raw, "selector");
  if (isGatewayService(labels) || isGatewayService(selector)) return true;
  const component = componentOf(platform, object)?.name;
  const selected = own(selector, COMPONENT_LABEL);
  const isNamed = settings.entryComponents.some((name) => name === component || name === selected);
  return isNamed || (selector !== undefined && selectsEntry(context, selector));
}

function selectsEntry(
  { cluster, subject, platform, params: settings }: RuleContext<Params>,
  matchLabels: JsonObject,
): boolean {
  for (const kind of SELECTED) {
    for (const raw of selectedBy(cluster, kind, subject.namespace, { matchLabels })) {
      const component = componentOf(platform, new Judged(kind, raw))?.name;
      if (component !== undefined && settings.entryComponents.includes(component)) return true;
    }
  }
  return false;
}
