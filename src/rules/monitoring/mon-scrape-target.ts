import { z } from "zod";
import { selectedBy } from "../../engine/pod-labels.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { own } from "../../kubernetes/json.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { nameOf, specOf } from "../../kubernetes/object.ts";
import {
  hasPort,
  POD_MONITOR,
  SERVICE_MONITOR,
  scrapedPorts,
  serviceSelectorOf,
} from "../../kubernetes/scrape.ts";
import { governedLayer, monitoredServices, namespacesOf, SCRAPED_KINDS } from "./monitor-reach.ts";
import { COLLECTOR_IMAGES } from "./telemetry.ts";
import { COMPONENT_KINDS, unscrapedFindings } from "./unscraped.ts";

const BEHIND = [...SCRAPED_KINDS, "Pod"];
const MONITORS = [SERVICE_MONITOR, POD_MONITOR];

const params = z.strictObject({
  variables: z
    .array(z.string())
    .default([
      "OTEL_EXPORTER_OTLP_ENDPOINT",
      "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
      "QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT",
    ])
    .describe("Environment variables that tell where metrics go without being scraped"),
  collectorImages: z
    .array(z.string())
    .default([...COLLECTOR_IMAGES])
    .describe("How the last path segment of a collector's image starts"),
});

export default defineRule({
  id: "mon-scrape-target",
  title: "Monitors reach something to scrape, and critical components are reached",
  why:
    "A monitor whose selector fits nothing is accepted and stays silent: dashboards are empty " +
    "and no alert on its metrics can ever fire, which shows only in the next incident. A " +
    "component that none reaches is as silent. Whether a Prometheus selects the monitor is " +
    "not looked at.",
  practice: "monitoring",
  since: "0.1.0",
  targets: [
    { kinds: MONITORS, operations: ["CREATE", "UPDATE"] },
    { kinds: COMPONENT_KINDS, operations: ["CREATE"], doors: ["audit"], needs: MONITORS },
  ],
  needs: ["Service", ...BEHIND],
  mode: "warn",
  reads: ["spec"],
  params,
  governs: (context) =>
    MONITORS.includes(context.object.kind) ? governedLayer(context) : undefined,
  check(context) {
    switch (context.object.kind) {
      case POD_MONITOR:
        return podFindings(context);
      case SERVICE_MONITOR:
        return serviceFindings(context);
      default:
        return unscrapedFindings(context);
    }
  },
});

function* podFindings({ subject, object, cluster }: RuleContext): Iterable<Finding> {
  const selector = own(specOf(object.raw), "selector");
  for (const namespace of namespacesOf(cluster, object.raw, subject.namespace)) {
    for (const kind of BEHIND) {
      for (const _ of selectedBy(cluster, kind, namespace, selector)) return;
    }
  }
  yield nothing(`PodMonitor ${subject.name} selects no Pods`);
}

function* serviceFindings(context: RuleContext): Iterable<Finding> {
  const { subject, object, cluster } = context;
  const missing = new Map([...scrapedPorts(object.raw)].map((port) => [port.name, port.location]));
  let idle: string | undefined;
  let isReached = false;
  for (const { namespace, service } of monitoredServices(cluster, object.raw, subject.namespace)) {
    for (const name of missing.keys()) if (hasPort(service, name)) missing.delete(name);
    if (!isReached && servesNothing(context, namespace, service)) idle = nameOf(service);
    else isReached = true;
    if (isReached && missing.size === 0) return;
  }
  if (!isReached && idle === undefined) {
    yield nothing(`ServiceMonitor ${subject.name} selects no Service`);
    return;
  }
  if (!isReached) {
    yield nothing(`ServiceMonitor ${subject.name} selects Service ${idle}, which has no workload`);
  }
  for (const [name, location] of missing) {
    yield {
      message: `ServiceMonitor ${subject.name} scrapes ${shownPort(name)}, which no Service that it selects has`,
      fix: "name a port of the Service, or add it there",
      location,
      key: `port ${name}`,
    };
  }
}

/** A Service without selector has endpoints that nobody here can see. */
function servesNothing(
  { cluster }: RuleContext,
  namespace: string,
  service: RuleContext["object"]["raw"],
): boolean {
  const matchLabels = serviceSelectorOf(service);
  if (matchLabels === undefined) return false;
  for (const kind of BEHIND) {
    for (const _ of selectedBy(cluster, kind, namespace, { matchLabels })) return false;
  }
  return true;
}

/** What no Service could have is not repeated: it may be anything. */
function shownPort(name: string): string {
  return portName.test(name) ? `port ${name}` : "a port of no legal name";
}

const portName = /^[a-z0-9-]{1,63}$/;

function nothing(message: string): Finding {
  return {
    message,
    fix: "correct selector and namespaceSelector, or apply what they select first",
    location: field(ROOT, "spec", "selector"),
    key: "nothing",
  };
}
