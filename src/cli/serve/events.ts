import { hostname } from "node:os";
import type { EventWriter } from "../../adapters/kube/event-writer.ts";
import type { ClusterView } from "../../engine/cluster-view.ts";
import { groupKind } from "../../kubernetes/kinds.ts";
import { uidOf } from "../../kubernetes/object.ts";
import type { CertificateSource } from "../../usecases/ports/certificate-source.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { CountEvent, Events, EventTarget } from "../../usecases/ports/events.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import type { Place } from "./place.ts";

const LOOK_MS = 60_000;
const NAME = "keymate-guard";

export interface EventDeps {
  readonly place: Place;
  readonly count: CountEvent;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}

/** undefined where nobody asked for Events. */
export async function openEvents(deps: EventDeps): Promise<EventWriter | undefined> {
  const { connection, writesEvents } = deps.place;
  if (connection === undefined || !writesEvents) return undefined;
  const { EventWriter } = await import("../../adapters/kube/event-writer.ts");
  return new EventWriter({ ...deps, connection, instance: hostname() });
}

export interface CertificateEventDeps {
  readonly events: Events;
  readonly source: CertificateSource;
  readonly place: Place;
  readonly view: ClusterView;
  readonly clock: Clock;
}

/** Says it at the guard's own Deployment, again and again, as long as a certificate cannot be had. */
export async function watchCertificate(
  deps: CertificateEventDeps,
  signal: AbortSignal,
): Promise<void> {
  const { source, clock } = deps;
  while (!signal.aborted) {
    // Not at once: a guard that starts may well wait for another one to issue it.
    await clock.sleep(LOOK_MS, signal);
    const { healthy, detail, problem } = source.health();
    const trouble = problem ?? (healthy ? undefined : detail);
    if (trouble !== undefined && !signal.aborted) tellCertificateTrouble(deps, trouble);
  }
}

export function tellCertificateTrouble(
  { events, place, view }: Pick<CertificateEventDeps, "events" | "place" | "view">,
  note: string,
): void {
  const regarding = ownDeployment(place.namespace, view);
  events.emit({ reason: "CertificateTrouble", action: "Renew", regarding, note });
}

function ownDeployment(namespace: string, view: ClusterView): EventTarget {
  const known = view.get(groupKind("apps", "Deployment"), namespace, NAME);
  const uid = known === undefined ? undefined : uidOf(known);
  return { apiVersion: "apps/v1", kind: "Deployment", namespace, name: NAME, uid };
}
