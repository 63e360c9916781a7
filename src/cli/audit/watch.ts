import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { buildOpsServer, type OpsServer } from "../../adapters/http/ops-server.ts";
import type { Connection } from "../../adapters/kube/api-client.ts";
import type { LeaderElection } from "../../adapters/kube/leader-election.ts";
import { registerGauges } from "../../adapters/telemetry/gauges.ts";
import { metricsPage } from "../../adapters/telemetry/metrics-page.ts";
import type { Mode } from "../../engine/modes.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { RULES } from "../../rules/index.ts";
import type { AuditResult } from "../../usecases/audit.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import { cacheStates, memoryLimit } from "../serve/gauge-sources.ts";
import { listenOn } from "../serve/listen.ts";
import { PolicyStore } from "../serve/policy-store.ts";
import { monotonic } from "../serve/servers.ts";
import { createTelemetry, type Telemetry } from "../serve/telemetry.ts";
import { Passes } from "./passes.ts";
import { auditReadiness, type WatchState } from "./readiness.ts";
import { watchedCluster } from "./watched-cluster.ts";

const NAME = "keymate-guard-audit";

export interface WatchDeps {
  readonly connection: Connection;
  /** Where the Lease lies. */
  readonly namespace: string;
  /** undefined: all interfaces. */
  readonly host: string | undefined;
  readonly opsPort: number;
  readonly leaderElect: boolean;
  readonly policyFile: string | undefined;
  readonly modeCap: Exclude<Mode, "off">;
  readonly namespaces: readonly string[];
  readonly optedIn: ReadonlySet<GroupKind>;
  readonly intervalMs: number;
  /** Say where components sit. */
  readonly inventory: boolean;
  readonly version: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  /** Hands on what a pass found; must not throw. */
  readonly publish: (result: AuditResult, signal: AbortSignal) => Promise<void>;
}

/** An audit that goes on: elects a leader, which follows the cluster and judges it again and again. */
export class AuditWatch {
  readonly #deps: WatchDeps;
  readonly #telemetry: Telemetry;
  readonly #policies: PolicyStore;
  readonly #ops: OpsServer;
  #election: LeaderElection | undefined;
  #state: WatchState = { phase: "starting" };

  private constructor(deps: WatchDeps, policies: PolicyStore) {
    this.#deps = deps;
    this.#policies = policies;
    this.#telemetry = createTelemetry(RULES);
    const ready = auditReadiness(
      () => this.#state,
      () => this.#election?.problem,
      policies,
    );
    this.#registerGauges(() => ready.every((one) => one.check().ok));
    this.#ops = buildOpsServer({
      live: [{ name: "process", check: () => ({ ok: true, detail: "the event loop answers" }) }],
      ready,
      metrics: metricsPage(this.#telemetry.registry),
    });
  }

  /** Throws AppError for a policy that cannot be used. Nothing runs yet. */
  static async create(deps: WatchDeps): Promise<AuditWatch> {
    const { policyFile: file, modeCap, clock, logger } = deps;
    const onChange = () => {};
    const options = { file, rules: RULES, modeCap, clock, logger, onChange };
    return new AuditWatch(deps, await PolicyStore.open(options));
  }

  /** Goes on until the signal aborts, and has let go of its lease then. Throws AppError. */
  async run(signal: AbortSignal): Promise<void> {
    const { host, opsPort, leaderElect, logger } = this.#deps;
    const port = await listenOn(this.#ops, host, opsPort, "--ops-port");
    logger.info({ port, policy: this.#policies.current().name }, "listening");
    void this.#policies.watch(signal);
    try {
      if (leaderElect) await this.#electAndRun(signal);
      else await this.#lead(signal);
    } finally {
      await this.#ops.close();
    }
  }

  async #electAndRun(signal: AbortSignal): Promise<void> {
    const { connection, namespace, clock } = this.#deps;
    const { Lease } = await import("../../adapters/kube/lease.ts");
    const { LeaderElection } = await import("../../adapters/kube/leader-election.ts");
    const identity = `${hostname()}_${randomUUID()}`;
    const now = () => clock.now();
    const lease = new Lease({ connection, namespace, name: NAME, identity, now, monotonic });
    const lead = (term: AbortSignal) => this.#lead(term);
    this.#election = new LeaderElection({ ...this.#deps, lease, monotonic, lead });
    this.#state = { phase: "waiting" };
    this.#telemetry.audit.leading(false);
    await this.#election.run(signal);
  }

  /** One term; a fault ends the process. */
  async #lead(signal: AbortSignal): Promise<void> {
    const { connection, logger } = this.#deps;
    const policy = () => this.#policies.current();
    this.#telemetry.audit.leading(true);
    try {
      const cluster = await watchedCluster(this.#deps, policy);
      const { PodMetricsReader } = await import("../../adapters/kube/pod-metrics.ts");
      const podMetrics = new PodMetricsReader(connection, monotonic);
      const metrics = this.#telemetry.audit;
      const passes = new Passes({
        ...this.#deps,
        ...{ cluster, policy, podMetrics, metrics, monotonic },
      });
      this.#state = { phase: "leading", cache: cluster.cache, passes };
      cluster.cache.start(signal);
      await passes.run(signal);
    } catch (error) {
      // Whoever is started next does better, or says the same.
      logger.error({ error }, "audit failed");
      if (!signal.aborted) throw error;
    } finally {
      this.#state = { phase: "waiting" };
      this.#telemetry.audit.leading(false);
    }
  }

  #registerGauges(ready: () => boolean): void {
    const policies = this.#policies;
    registerGauges(this.#telemetry.registry, {
      version: this.#deps.version,
      ready,
      certificates: () => [],
      certificateProblem: () => false,
      sharedCertificate: () => ({
        generation: undefined,
        state: undefined,
        clockSkewMs: undefined,
      }),
      caBundleInSync: () => undefined,
      webhookWrites: () => undefined,
      failPolicy: () => undefined,
      caches: () => cacheStates(this.#state.phase === "leading" ? this.#state.cache : undefined),
      policyLoadedAt: () => policies.loadedAt,
      policyLoadFailed: () => policies.failed,
      draining: () => false,
      memoryLimit,
      load: () => ({ requests: 0, bytes: 0 }),
    });
  }
}
