import type { PodMetricsReader } from "../../adapters/kube/pod-metrics.ts";
import type { Policy } from "../../engine/policy.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { type AuditResult, auditInSteps } from "../../usecases/audit.ts";
import type { KindAnswers } from "../../usecases/audit-view.ts";
import type { AuditCount, AuditMetrics } from "../../usecases/ports/audit-metrics.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import type { Report } from "../../usecases/report.ts";
import { UsageReadings } from "../../usecases/usage-readings.ts";
import { answersOf, WatchedObjects } from "../../usecases/watched-objects.ts";
import type { WatchedCluster } from "./watched-cluster.ts";

export interface PassesDeps {
  readonly cluster: WatchedCluster;
  readonly policy: () => Policy;
  readonly namespaces: readonly string[];
  readonly optedIn: ReadonlySet<GroupKind>;
  readonly intervalMs: number;
  /** Say where components sit. */
  readonly inventory: boolean;
  readonly podMetrics: PodMetricsReader;
  readonly metrics: AuditMetrics;
  readonly clock: Clock;
  readonly monotonic: () => number;
  readonly logger: Logger;
  /** Hands on what a pass found; must not throw. */
  readonly publish: (result: AuditResult, signal: AbortSignal) => Promise<void>;
}

const SYNC_POLL_MS = 50;

/** Judges everything that the cache holds, again and again; nothing is read for it but PodMetrics. */
export class Passes {
  readonly #deps: PassesDeps;
  #usage = new UsageReadings(0);
  #kept = 0;
  #done = 0;

  constructor(deps: PassesDeps) {
    this.#deps = deps;
  }

  /** Passes that came to their end. */
  get done(): number {
    return this.#done;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, cluster, intervalMs } = this.#deps;
    while (!cluster.cache.synced() && !signal.aborted) await clock.sleep(SYNC_POLL_MS, signal);
    while (!signal.aborted) {
      await this.#measure(signal);
      await this.#pass(signal);
      await clock.sleep(intervalMs, signal);
    }
  }

  async #pass(signal: AbortSignal): Promise<void> {
    const { cluster, namespaces, optedIn, inventory, publish, clock, monotonic } = this.#deps;
    const { cache, kinds } = cluster;
    const policy = this.#deps.policy();
    const scope = { policy, judged: kinds.judged, namespaces: new Set(namespaces) };
    const answers = answersOf(cache, kinds.all);
    const began = monotonic();
    const usage = this.#usage;
    const settings = { policy, now: clock.now(), namespaces, optedIn, usage, inventory };
    const audited = new WatchedObjects(cache, kinds.all, scope);
    const steps = auditInSteps(audited, answers, settings);
    let step = steps.next();
    while (step.done !== true) {
      // Probes and the lease do not wait for a large cluster.
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) return;
      step = steps.next();
    }
    const seconds = (monotonic() - began) / 1_000;
    this.#tell(step.value, answers, seconds);
    await publish(step.value, signal);
    this.#done += 1;
  }

  #tell({ report, faults }: AuditResult, answers: KindAnswers, seconds: number): void {
    const { metrics, logger, clock } = this.#deps;
    const { objects, enforce, warn, audit, skipped, verdict } = report.summary;
    const stale = this.#staleKinds(answers);
    // What was judged by old knowledge is no complete pass: the alert about its age has to fire.
    if (stale.length === 0) {
      metrics.passed({ endedAt: clock.now(), seconds, objects, findings: countsOf(report) });
    } else logger.warn({ kinds: stale }, "pass not complete: what is known of these kinds is old");
    for (const { rule, error } of faults) logger.error({ rule: rule.id, error }, "rule failed");
    const found = { enforce, warn, audit, notVerified: skipped };
    logger.info({ objects, ...found, verdict, seconds }, "pass");
  }

  #staleKinds(answers: KindAnswers): readonly string[] {
    return this.#deps.cluster.cache
      .stats()
      .filter(({ kind, state }) => state === "synced" && answers.get(kind)?.state === "unreadable")
      .map(({ kind }) => kind);
  }

  async #measure(signal: AbortSignal): Promise<void> {
    const { podMetrics, logger } = this.#deps;
    const wanted = this.#deps
      .policy()
      .checks.map(({ rule, params }) => rule.samples?.(params) ?? 0);
    const keep = Math.max(0, ...wanted);
    if (keep !== this.#kept) this.#usage = new UsageReadings(keep);
    this.#kept = keep;
    if (keep === 0) return;
    try {
      const metrics = await podMetrics.read(signal);
      if (metrics !== undefined) this.#usage.add(metrics);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (!signal.aborted) logger.debug({ problem }, "metrics.k8s.io not read");
    }
  }
}

function countsOf({ findings }: Report): readonly AuditCount[] {
  const counts = new Map<string, AuditCount>();
  for (const { rule, mode, practice } of findings) {
    const key = `${rule} ${mode}`;
    const count = (counts.get(key)?.count ?? 0) + 1;
    counts.set(key, { rule, mode, practice, count });
  }
  return [...counts.values()];
}
