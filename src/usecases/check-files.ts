import type { Environment } from "../engine/environment.ts";
import type { RuleFault } from "../engine/judgement.ts";
import { planMutation } from "../engine/mutate.ts";
import type { PatchOperation } from "../engine/patch-operation.ts";
import { Collected } from "./collected.ts";
import type { FileInput, FileObject } from "./file-input.ts";
import { problemFinding } from "./file-problem.ts";
import {
  type CheckSettings,
  environmentOf,
  type FileSubject,
  subjectsOf,
} from "./file-subjects.ts";
import { type InventoryLayer, inventoryOf } from "./inventory.ts";
import { NO_PROGRESS, type Progress } from "./ports/progress.ts";
import { buildReport, type Report } from "./report.ts";

export interface CheckResult {
  readonly report: Report;
  /** Faults of the guard itself, for the log; the report calls their lines not verified. */
  readonly faults: readonly RuleFault[];
}

/** What `--fix` is to add to one object. */
export interface PlannedFix<T extends FileObject = FileObject> {
  readonly object: T;
  readonly patch: readonly PatchOperation[];
}

/** Judges every object of the files as if it were created now. */
export function checkFiles(
  input: FileInput,
  settings: CheckSettings,
  progress: Progress = NO_PROGRESS,
): CheckResult {
  const environment = environmentOf(input, settings);
  const collected = new Collected();
  const subjects = [...subjectsOf(input, settings, environment.cluster)];
  for (const [done, fileSubject] of subjects.entries()) {
    progress.report("judging objects", done, subjects.length);
    collected.judge(environment, fileSubject);
  }
  for (const problem of input.problems) {
    const finding = problemFinding(settings.policy, problem, settings.now);
    if (finding !== undefined) collected.addFinding(finding);
  }
  const report = buildReport({
    door: "check",
    policy: settings.policy.name,
    now: settings.now,
    objects: input.objects.length,
    findings: collected.findings,
    skipped: collected.skipped,
    judged: collected.judged,
    incomplete: (input.failures ?? []).length > 0,
    ...(settings.inventory === true ? { inventory: inventoryIn(environment, subjects) } : {}),
  });
  return { report, faults: collected.faults };
}

function inventoryIn(
  { policy, cluster }: Environment,
  subjects: readonly FileSubject[],
): readonly InventoryLayer[] {
  return inventoryOf(
    policy,
    cluster,
    subjects.map(({ subject }) => subject),
  );
}

/** The additions that admission would make, object by object. */
export function planFixes<T extends FileObject>(
  input: FileInput<T>,
  settings: CheckSettings,
): readonly PlannedFix<T>[] {
  const environment = environmentOf(input, settings);
  const planned: PlannedFix<T>[] = [];
  for (const { source, subject, lineage } of subjectsOf(input, settings, environment.cluster)) {
    if (lineage.judged !== undefined || lineage.foreign !== undefined) continue;
    const { patch } = planMutation(environment, subject);
    if (patch.length > 0) planned.push({ object: source, patch });
  }
  return planned;
}
