import { performance } from "node:perf_hooks";
import type { HealthCheck } from "../../adapters/http/ops-routes.ts";
import { buildOpsServer, type OpsServer } from "../../adapters/http/ops-server.ts";
import {
  type AdmissionServer,
  type AdmissionServerDeps,
  buildAdmissionServer,
} from "../../adapters/http/server.ts";
import { type GaugeSources, registerGauges } from "../../adapters/telemetry/gauges.ts";
import { metricsPage } from "../../adapters/telemetry/metrics-page.ts";
import type { Admit } from "../../usecases/ports/admission.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import type { Monotonic } from "../../usecases/ports/monotonic.ts";
import type { Telemetry } from "./telemetry.ts";
import { VALIDATE_TIMEOUT_SECONDS } from "./webhooks.ts";

export const monotonic: Monotonic = () => performance.now();

export interface ServerDeps {
  readonly admit: Admit;
  readonly telemetry: Telemetry;
  readonly decided: NonNullable<AdmissionServerDeps["decided"]>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly replica: string;
  readonly gauges: Omit<GaugeSources, "load" | "ready">;
  readonly live: readonly HealthCheck[];
  readonly ready: readonly HealthCheck[];
}

/** Both servers on one registry of metrics; nothing listens yet. */
export function buildServers(deps: ServerDeps): { admission: AdmissionServer; ops: OpsServer } {
  const { admit, clock, logger, decided } = deps;
  const { registry, metrics } = deps.telemetry;
  const admission = buildAdmissionServer({
    admit,
    clock,
    logger,
    metrics,
    decided,
    monotonic,
    replica: deps.replica,
    timeoutMs: VALIDATE_TIMEOUT_SECONDS * 1_000,
    tls: { minVersion: "TLSv1.2" },
  });
  registerGauges(registry, {
    ...deps.gauges,
    ready: () => deps.ready.every((one) => one.check().ok),
    load: () => admission.load,
  });
  const ops = buildOpsServer({
    live: deps.live,
    ready: deps.ready,
    metrics: metricsPage(registry),
  });
  return { admission, ops };
}
