import { readDump } from "../../adapters/files/read-dump.ts";
import { projectionOf } from "../../adapters/kube/projection.ts";
import type { AUDIT_SETTINGS } from "../../config/settings-audit.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import { type GroupKind, kindInfo } from "../../kubernetes/kinds.ts";
import { RULES } from "../../rules/index.ts";
import { AppError, environmentError, usageError } from "../../usecases/app-error.ts";
import { type AuditResult, audit } from "../../usecases/audit.ts";
import type { KindAnswers } from "../../usecases/audit-view.ts";
import { optedInBy } from "../../usecases/audited-kinds.ts";
import { dumpAnswers } from "../../usecases/dump-answers.ts";
import { exitCodeOf } from "../../usecases/report.ts";
import { Snapshot } from "../../usecases/snapshot.ts";
import { readLive } from "../audit/read-live.ts";
import type { Invocation, Run } from "../command.ts";
import type { CliIo } from "../io.ts";
import { openPolicy } from "../policy-file.ts";
import { writeReport } from "../reporters.ts";
import { systemClock } from "../system-clock.ts";

type Settings = Invocation<typeof AUDIT_SETTINGS>["settings"];

/** Judges what a cluster, or a dump of one, holds at this moment. */
export const run: Run<typeof AUDIT_SETTINGS> = async (invocation) => {
  const { settings, io } = invocation;
  refuseContradiction(settings);
  if (settings.watch) return await (await import("../audit/run.ts")).runWatch(invocation);
  const { policy: file, mode: modeCap, namespace: namespaces, from } = settings;
  const now = systemClock.now();
  const policy = await openPolicy({ file, rules: RULES, modeCap, now });
  const optedIn = optedInBy(settings);
  const snapshot = new Snapshot({ policy, namespaces, optedIn, project });
  const answers =
    from === undefined ? await readLive(snapshot, settings, policy, io) : readFiles(snapshot, from);
  refuseMissing(snapshot, answers, namespaces);
  const inventory = settings.format === "html";
  const result = audit(snapshot, answers, { policy, now, namespaces, optedIn, inventory });
  tell(result, io);
  await writeReport(result.report, settings, { io, output: io.stdout });
  return result.faults.length > 0 ? 3 : exitCodeOf(result.report, settings.failOn);
};

function refuseContradiction({ from, kubeconfig, context, watch }: Settings): void {
  if (from !== undefined && watch) {
    throw usageError(
      "audit-from-beside-watch",
      "--watch follows a cluster, but --from names a dump: leave one of them out",
    );
  }
  if (from === undefined || (kubeconfig === undefined && context === undefined)) return;
  const named = kubeconfig === undefined ? "--context" : "--kubeconfig";
  throw usageError(
    "audit-from-beside-cluster",
    `${named} names a cluster, but --from names a dump: leave one of them out`,
  );
}

/** A namespace that is spelt wrong would pass for want of objects. */
function refuseMissing(
  { view }: Snapshot,
  answers: KindAnswers,
  namespaces: readonly string[],
): void {
  if (answers.get("Namespace")?.state !== "readable") return;
  const missing = namespaces.filter((name) => view.get("Namespace", "", name) === undefined);
  if (missing.length === 0) return;
  const what = missing.length === 1 ? "there is no namespace" : "there are no namespaces";
  throw usageError("audit-namespace", `--namespace: ${what} ${missing.join(", ")}`);
}

/** Half a dump would give wrong answers. */
function readFiles(snapshot: Snapshot, from: string): KindAnswers {
  const { objects, flaws } = readDump(from, (object) => snapshot.add(object));
  const said = `--from ${from} cannot be used`;
  if (flaws.length === 1) throw environmentError("dump-unreadable", `${said}: ${flaws[0]}`);
  if (flaws.length > 1) {
    const options = { code: "dump-unreadable", exitCode: 3, problems: flaws } as const;
    throw new AppError(`${said}, it has ${flaws.length} flaws`, options);
  }
  if (objects === 0) throw environmentError("dump-empty", `${said}: it holds no objects`);
  return dumpAnswers(snapshot.view, snapshot.kinds.all);
}

function project(kind: GroupKind, object: JsonObject): JsonObject {
  const info = kindInfo(kind);
  return info === undefined ? object : projectionOf(info, "audit").project(object);
}

function tell({ faults, isUnlayered }: AuditResult, io: CliIo): void {
  for (const { rule } of faults) {
    io.stderr.write(`keymate-guard: rule ${rule.id} failed, which is a fault of the program\n`);
  }
  if (!isUnlayered) return;
  io.stderr.write(
    "keymate-guard: no namespace has a layer, so nothing is more than audited; label namespaces with policy.keymate.io/layer, or name them in the policy\n",
  );
}
