import { performance } from "node:perf_hooks";
import type { HealthCheck } from "../../adapters/http/ops-routes.ts";
import { buildOpsServer, type OpsServer } from "../../adapters/http/ops-server.ts";
import { type AdmissionServer, buildAdmissionServer } from "../../adapters/http/server.ts";
import { type GaugeSources, registerGauges } from "../../adapters/telemetry/gauges.ts";
import { createMetrics } from "../../adapters/telemetry/metrics.ts";
import { createProcessRegistry, metricsPage } from "../../adapters/telemetry/metrics-page.ts";
import { kindWord } from "../../engine/policy.ts";
import type { Rule } from "../../engine/rule.ts";
import type { Admit } from "../../usecases/ports/admission.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import type { Monotonic } from "../../usecases/ports/monotonic.ts";
import { VALIDATE_TIMEOUT_SECONDS } from "./webhooks.ts";

export const monotonic: Monotonic = () => performance.now();

export interface ServerDeps {
  readonly admit: Admit;
  readonly rules: readonly Rule[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly gauges: Omit<GaugeSources, "load">;
  readonly clientCertificates: boolean;
  readonly live: readonly HealthCheck[];
  readonly ready: readonly HealthCheck[];
}

/** Both servers on one registry of metrics; nothing listens yet. */
export function buildServers(deps: ServerDeps): { admission: AdmissionServer; ops: OpsServer } {
  const { admit, clock, logger } = deps;
  const registry = createProcessRegistry();
  const judged = new Set(
    deps.rules.flatMap(({ targets }) => targets.flatMap(({ kinds }) => kinds.map(kindWord))),
  );
  const metrics = createMetrics(registry, (kind) => judged.has(kind));
  const admission = buildAdmissionServer({
    admit,
    clock,
    logger,
    metrics,
    monotonic,
    timeoutMs: VALIDATE_TIMEOUT_SECONDS * 1_000,
    tls: { minVersion: "TLSv1.2" },
    clientCertificates: deps.clientCertificates,
  });
  registerGauges(registry, { ...deps.gauges, load: () => admission.load });
  const ops = buildOpsServer({
    live: deps.live,
    ready: deps.ready,
    metrics: metricsPage(registry),
  });
  return { admission, ops };
}
