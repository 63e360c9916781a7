import type { FastifyInstance } from "fastify";
import type { MetricsPage } from "../../usecases/ports/metrics.ts";

export interface CheckResult {
  readonly ok: boolean;
  /** One sentence: what is in order, or what it waits for. */
  readonly detail: string;
}

/** A named condition, asked at each probe; it must answer at once. */
export interface HealthCheck {
  readonly name: string;
  check(): CheckResult;
}

export interface OpsDeps {
  /** A restart helps when one fails. */
  readonly live: readonly HealthCheck[];
  /** No new reviews should come while one fails. */
  readonly ready: readonly HealthCheck[];
  readonly metrics: MetricsPage;
}

/** /livez, /readyz, /healthz (both together) and /metrics. */
export function addOpsRoutes(app: FastifyInstance, deps: OpsDeps): void {
  addProbe(app, "livez", deps.live);
  addProbe(app, "readyz", deps.ready);
  addProbe(app, "healthz", [...deps.live, ...deps.ready]);
  app.get("/metrics", async (_request, reply) => {
    const text = await deps.metrics.text();
    return reply.type(deps.metrics.contentType).send(text);
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send("404 not found\n"));
  app.setErrorHandler((_error, _request, reply) => reply.code(500).send("internal error\n"));
}

/** As kube-apiserver answers: `ok`, or each check when asked for or when one fails. */
function addProbe(app: FastifyInstance, name: string, checks: readonly HealthCheck[]): void {
  app.get(`/${name}`, (request, reply) => {
    const results = checks.map((check) => ({ name: check.name, ...ask(check) }));
    const ok = results.every((result) => result.ok);
    const verbose = Object.hasOwn(request.query as object, "verbose");
    reply.code(ok ? 200 : 503).header("cache-control", "no-store");
    if (ok && !verbose) return reply.send("ok");
    const lines = results.map(
      (r) => `[${r.ok ? "+" : "-"}]${r.name} ${r.ok ? "ok" : "failed"}: ${r.detail}`,
    );
    return reply.send(`${lines.join("\n")}\n${name} check ${ok ? "passed" : "failed"}\n`);
  });
}

function ask(check: HealthCheck): CheckResult {
  try {
    return check.check();
  } catch {
    return { ok: false, detail: "the check itself failed" };
  }
}
