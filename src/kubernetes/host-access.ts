import { asObject, own, ownArray } from "./json.ts";
import { field, item, type Location } from "./location.ts";
import type { Container, PodTemplate } from "./workload.ts";

/** A port of the node that a container takes. */
export interface HostPort {
  readonly container: string;
  readonly port: number;
  readonly protocol: string;
  readonly location: Location;
}

/** The Pod shares the network of its node: no NetworkPolicy and no mesh sidecar reaches it. */
export function usesHostNetwork(template: PodTemplate): boolean {
  return own(template.spec, "hostNetwork") === true;
}

/** 0 and absent take none. In Pods with hostNetwork the API fills in every port as a host port. */
export function* hostPortsOf(containers: readonly Container[]): Iterable<HostPort> {
  for (const { name, raw, location } of containers) {
    const ports = ownArray(raw, "ports");
    for (let index = 0; index < ports.length; index++) {
      const entry = asObject(ports[index]);
      const port = own(entry, "hostPort");
      if (typeof port !== "number" || port === 0) continue;
      const given = own(entry, "name");
      const at = item(
        field(location, "ports"),
        index,
        typeof given === "string" ? given : undefined,
      );
      const protocol = own(entry, "protocol");
      yield {
        container: name,
        port,
        protocol: typeof protocol === "string" ? protocol : "TCP",
        location: field(at, "hostPort"),
      };
    }
  }
}
