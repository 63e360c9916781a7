import { Gauge, type Registry } from "prom-client";
import type { AuditMetrics } from "../../usecases/ports/audit-metrics.ts";

/** No series before the first pass: a 0 would say that nothing was found. */
export function createAuditMetrics(registry: Registry): AuditMetrics {
  const plain = (name: string, help: string) => {
    const gauge = new Gauge({ name: `keymate_guard_audit_${name}`, help, registers: [registry] });
    gauge.remove();
    return gauge;
  };
  const last = plain("last_complete_timestamp_seconds", "When the last complete pass ended");
  const duration = plain("pass_duration_seconds", "How long the last complete pass took");
  const objects = plain("objects", "Objects that the last complete pass judged");
  const leader = plain("leader", "1 if this replica is the one that audits");
  const findings = new Gauge({
    name: "keymate_guard_audit_findings",
    help: "Findings of the last complete pass",
    labelNames: ["rule", "mode", "practice"],
    registers: [registry],
  });
  return {
    passed(pass) {
      last.set(pass.endedAt / 1_000);
      duration.set(pass.seconds);
      objects.set(pass.objects);
      findings.reset();
      for (const { count, rule, mode, practice } of pass.findings) {
        findings.inc({ rule, mode, practice }, count);
      }
    },
    leading: (isLeader) => leader.set(Number(isLeader)),
  };
}
