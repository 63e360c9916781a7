import { Counter, Histogram, type Registry } from "prom-client";
import type { Decision } from "../../engine/decision.ts";
import type { Mode } from "../../engine/modes.ts";
import type { Door, Metrics } from "../../usecases/ports/metrics.ts";
import { TalliedCounter } from "./tallied-counter.ts";

/** Whether any rule names this kind; others share the label `other`, as kinds are the user's to invent. */
export type KnowsKind = (kind: string) => boolean;

/** Shown as 0 from the start: of a series that begins with 1 nobody sees the increase. */
const FAULT_PLACES = ["rule", "deadline", "patch", "admit", "response", "size"];

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts into the given registry; product metrics only, see `gauges.ts` for what is read at scrape time. */
export function createMetrics(registry: Registry, knowsKind: KnowsKind): Metrics {
  const { requests, durations, findings, faults, refused } = createInstruments(registry);
  for (const where of FAULT_PLACES) faults.inc({ where }, 0);
  const duration = {
    "/mutate": durations.labels("/mutate"),
    "/validate": durations.labels("/validate"),
    "/validate/fail": durations.labels("/validate/fail"),
  };
  const countFindings = (rule: string, mode: Mode, door: Door, count: number) =>
    findings.add(`${rule} ${mode} ${door}`, count, () => ({ rule, mode, door }));
  const internalError: Metrics["internalError"] = (where) => faults.inc({ where });
  return {
    admission: (path, request, decision, seconds) => {
      const { operation } = request;
      const { outcome } = decision;
      const kind = knowsKind(request.kind.kind) ? request.kind.kind : "other";
      const dry_run = request.dryRun ? "true" : "false";
      const key = `${path} ${operation} ${kind} ${outcome} ${dry_run}`;
      requests.add(key, 1, () => ({ path, operation, kind, outcome, dry_run }));
      duration[path].observe(seconds);
      for (const [{ rule, mode }, count] of counted(decision.findings)) {
        countFindings(rule, mode, "admission", count);
      }
      for (const where of decision.faults) internalError(where);
    },
    finding: (rule, mode, door) => countFindings(rule, mode, door, 1),
    internalError,
    refused: (status) => refused.inc({ status: String(status) }),
  };
}

type DecidedFinding = Decision["findings"][number];

/** Findings come sorted by rule, mostly several of one: labels are hashed once for all of these. */
function counted(findings: readonly DecidedFinding[]): [DecidedFinding, number][] {
  const runs: [DecidedFinding, number][] = [];
  for (const finding of findings) {
    const run = runs.at(-1);
    if (run !== undefined && run[0].rule === finding.rule && run[0].mode === finding.mode) run[1]++;
    else runs.push([finding, 1]);
  }
  return runs;
}

function createInstruments(registry: Registry) {
  const registers = [registry];
  return {
    requests: new TalliedCounter({
      name: "keymate_guard_admission_requests_total",
      help: "Reviews answered. outcome: the first that holds of error, denied, patched, warned, allowed",
      labelNames: ["path", "operation", "kind", "outcome", "dry_run"],
      registers,
    }),
    durations: new Histogram({
      name: "keymate_guard_admission_duration_seconds",
      help: "From the start of the body to the encoded answer",
      labelNames: ["path"],
      buckets: SECONDS,
      registers,
    }),
    findings: new TalliedCounter({
      name: "keymate_guard_findings_total",
      help: "Findings by rule, mode and the door they were found at",
      labelNames: ["rule", "mode", "door"],
      registers,
    }),
    faults: new Counter({
      name: "keymate_guard_internal_errors_total",
      help: "Faults of the guard itself; reviews they hit were answered explicitly",
      labelNames: ["where"],
      registers,
    }),
    refused: new Counter({
      name: "keymate_guard_http_refused_total",
      help: "Requests on the admission port that were not reviews, by HTTP status",
      labelNames: ["status"],
      registers,
    }),
  };
}
