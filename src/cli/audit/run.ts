import type { Connection } from "../../adapters/kube/api-client.ts";
import { createLogger } from "../../adapters/telemetry/logger.ts";
import type { AUDIT_SETTINGS } from "../../config/settings-audit.ts";
import type { AuditResult } from "../../usecases/audit.ts";
import { optedInBy } from "../../usecases/audited-kinds.ts";
import { policyReportsOf } from "../../usecases/policy-reports.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import type { Invocation } from "../command.ts";
import { writeReport } from "../reporters.ts";
import { systemClock } from "../system-clock.ts";
import { connect } from "./connect.ts";
import { AuditWatch, type WatchDeps } from "./watch.ts";

type Given = Invocation<typeof AUDIT_SETTINGS>;

/** Audits until a stop signal: exit code 0, or 3 after a fault that ends the process. */
export async function runWatch(given: Given): Promise<number> {
  const { settings, io, notes } = given;
  const log = createLogger({
    level: settings.logLevel,
    format: settings.logFormat,
    terminal: io.stderr.isTerminal,
    colour: io.stderr.isTerminal && !io.env["NO_COLOR"],
  });
  const { logger } = log;
  for (const note of notes) logger.debug({ note }, "setting ignored");
  const stopped = new AbortController();
  let code = 0;
  io.onStop((reason, detail) => {
    if (reason === "crash") {
      logger.error({ detail }, "fault that ends the process");
      code = 3;
    }
    if (stopped.signal.aborted) {
      log.flush();
      io.exitNow(code === 0 ? 1 : code);
    }
    stopped.abort();
  });
  const { connection, isInCluster } = await connect(settings, io);
  try {
    const watch = await AuditWatch.create({
      ...depsOf(given, logger, isInCluster, await clusterReports(given, connection, logger)),
      connection,
      namespace: (isInCluster ? connection.namespace : undefined) ?? "keymate-guard",
    });
    await watch.run(stopped.signal);
    return code;
  } finally {
    connection.close();
    log.flush();
  }
}

interface ClusterReports {
  write(result: AuditResult, signal: AbortSignal): Promise<void>;
}

/** undefined where nobody asked for reports in the cluster. */
async function clusterReports(
  { settings }: Given,
  connection: Connection,
  logger: Logger,
): Promise<ClusterReports | undefined> {
  const flavour = settings.reportToCluster;
  if (flavour === "none") return undefined;
  const { ReportWriter } = await import("../../adapters/kube/report-writer.ts");
  const writer = new ReportWriter({ connection, flavour, logger });
  return { write: ({ report }, signal) => writer.write(policyReportsOf(report, flavour), signal) };
}

function depsOf(
  { settings, origins, io }: Given,
  logger: Logger,
  isInCluster: boolean,
  writer: ClusterReports | undefined,
): Omit<WatchDeps, "connection" | "namespace"> {
  const isElectionGiven = origins.leaderElect?.kind !== "default";
  return {
    host: isInCluster ? undefined : "127.0.0.1",
    opsPort: settings.opsPort,
    leaderElect: isElectionGiven ? settings.leaderElect : isInCluster,
    policyFile: settings.policy,
    modeCap: settings.mode,
    namespaces: settings.namespace,
    optedIn: optedInBy(settings),
    intervalMs: settings.interval,
    inventory: settings.format === "html",
    version: io.version,
    clock: systemClock,
    logger,
    random: Math.random,
    publish: async (result, signal) => {
      await writeToFile(result, { settings, io }, logger);
      await writer?.write(result, signal);
    },
  };
}

/** With --output: the report of the last pass. */
async function writeToFile(
  { report }: AuditResult,
  { settings, io }: Pick<Given, "settings" | "io">,
  logger: Logger,
): Promise<void> {
  if (settings.output === undefined) return;
  try {
    await writeReport(report, settings, { io, output: io.stdout });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    logger.warn({ problem }, "report not written");
  }
}
