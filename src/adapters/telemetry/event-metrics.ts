import { Counter, type Registry } from "prom-client";
import type { CountEvent } from "../../usecases/ports/events.ts";

export function createEventMetrics(registry: Registry): CountEvent {
  const events = new Counter({
    name: "keymate_guard_events_total",
    help: "Kubernetes Events. outcome: written, merged into a series, dropped by a limit, failed",
    labelNames: ["reason", "outcome"],
    registers: [registry],
  });
  return (reason, outcome) => events.inc({ reason, outcome });
}
