import { openSync } from "node:fs";
import pino from "pino";
import type { AdmissionPath } from "../../src/usecases/ports/admission.ts";

/** Decodes, decides, counts, logs and encodes one review, as the server does between two sockets. */
export type Answer = (body: Buffer) => string;

/** The parts wired as `serve` wires them, without sockets; logs go nowhere as JSON. */
export async function inProcessGuard(): Promise<(path: AdmissionPath) => Answer> {
  const [http, review, telemetry, metricsModule, pages, engine, usecases, config, rules, clock] =
    await Promise.all([
      load<typeof import("../../src/adapters/http/admission-handler.ts")>(
        "adapters/http/admission-handler",
      ),
      load<typeof import("../../src/adapters/http/admission-review.ts")>(
        "adapters/http/admission-review",
      ),
      load<typeof import("../../src/adapters/telemetry/logger.ts")>("adapters/telemetry/logger"),
      load<typeof import("../../src/adapters/telemetry/metrics.ts")>("adapters/telemetry/metrics"),
      load<typeof import("../../src/adapters/telemetry/metrics-page.ts")>(
        "adapters/telemetry/metrics-page",
      ),
      load<typeof import("../../src/engine/static-view.ts")>("engine/static-view"),
      load<typeof import("../../src/usecases/admit.ts")>("usecases/admit"),
      load<typeof import("../../src/cli/policy-file.ts")>("cli/policy-file"),
      load<typeof import("../../src/rules/index.ts")>("rules/index"),
      load<typeof import("../../src/cli/system-clock.ts")>("cli/system-clock"),
    ]);
  const { systemClock } = clock;
  const now = systemClock.now();
  const { RULES } = rules;
  const policy = await config.openPolicy({
    file: undefined,
    rules: RULES,
    modeCap: "enforce",
    now,
  });
  const { logger } = telemetry.createLogger({
    level: "info",
    format: "json",
    terminal: false,
    colour: false,
    destination: pino.destination({
      dest: openSync("/dev/null", "a"),
      sync: false,
      minLength: 4_096,
    }),
  });
  const metrics = metricsModule.createMetrics(pages.createProcessRegistry(), () => true);
  const cluster = new engine.StaticView([]);
  const admit = usecases.createAdmit({
    policy: () => policy,
    cluster,
    clock: systemClock,
    logger,
  });
  const monotonic = () => performance.now();
  return (path) => {
    const handler = new http.AdmissionHandler(path, {
      admit,
      logger,
      metrics,
      monotonic,
      clock: systemClock,
      timeoutMs: 5_000,
    });
    return (body) => {
      const decoded = review.decodeReview(body);
      if ("error" in decoded) throw new Error(decoded.error.message);
      const answer = handler.answer(decoded.request, `${path}?timeout=5s`, monotonic());
      if (typeof answer !== "string") throw new Error("no decision at once");
      return answer;
    };
  };
}

async function load<T>(module: string): Promise<T> {
  return (await import(new URL(`../../src/${module}.ts`, import.meta.url).href)) as T;
}
