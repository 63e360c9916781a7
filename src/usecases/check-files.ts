import type { Environment } from "../engine/environment.ts";
import { evaluate } from "../engine/evaluate.ts";
import type { RuleFault } from "../engine/judgement.ts";
import { planMutation } from "../engine/mutate.ts";
import type { PatchOperation } from "../engine/patch-operation.ts";
import type { Practice } from "../engine/rule.ts";
import { scopeOf } from "../engine/scope.ts";
import type { FileInput, FileObject, FileProblem } from "./file-input.ts";
import { problemFinding } from "./file-problem.ts";
import {
  type CheckSettings,
  environmentOf,
  type FileSubject,
  ownerAdvice,
  subjectsOf,
} from "./file-subjects.ts";
import { type InventoryLayer, inventoryOf } from "./inventory.ts";
import { buildReport, type Report, type ReportFinding, type ReportSkip } from "./report.ts";
import { findingOf, objectOf } from "./report-entry.ts";

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
export function checkFiles(input: FileInput, settings: CheckSettings): CheckResult {
  const environment = environmentOf(input, settings);
  const collected = new Collected(environment);
  const subjects = [...subjectsOf(input, settings, environment.cluster)];
  for (const fileSubject of subjects) collected.judge(fileSubject);
  for (const problem of input.problems) collected.addProblem(problem);
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
  for (const { source, subject, owner } of subjectsOf(input, settings, environment.cluster)) {
    if (owner !== undefined) continue;
    const { patch } = planMutation(environment, subject);
    if (patch.length > 0) planned.push({ object: source, patch });
  }
  return planned;
}

class Collected {
  readonly findings: ReportFinding[] = [];
  readonly skipped: (ReportSkip & { practice: Practice })[] = [];
  readonly faults: RuleFault[] = [];
  readonly judged = new Set<Practice>();
  readonly #environment: Environment;
  /** One finding per owner, rule and place, however many children say it. */
  readonly #saidForOwner = new Set<string>();

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  judge({ source, subject, owner }: FileSubject): void {
    const { judgements, skipped, faults } = evaluate(this.#environment, subject);
    this.#markJudged(subject);
    for (const judgement of judgements) {
      const finding = findingOf(subject, judgement);
      if (finding === undefined) continue;
      const place = { file: source.file, line: source.lineOf(finding.pointer) };
      if (owner === undefined) this.findings.push({ ...finding, source: place });
      else if (
        this.#isFirst(`${owner.uid || owner.name} ${finding.rule} ${judgement.finding.key}`)
      ) {
        const fix = ownerAdvice(owner, finding.fix);
        this.findings.push({ ...finding, fix, fixable: false, source: place });
      }
    }
    for (const { rule, reason } of skipped) this.#skip(subject, rule, reason);
    for (const fault of faults) {
      this.faults.push(fault);
      this.#skip(subject, fault.rule, "the guard failed in this rule, which is its own fault");
    }
  }

  addProblem(problem: FileProblem): void {
    const { policy, now } = this.#environment;
    const finding = problemFinding(policy, problem, now);
    if (finding === undefined) return;
    this.judged.add(finding.practice);
    this.findings.push(finding);
  }

  #skip(subject: FileSubject["subject"], rule: RuleFault["rule"], reason: string): void {
    const { id, practice } = rule;
    this.skipped.push({ rule: id, object: objectOf(subject), reason, practice });
  }

  /** Which practices had a rule in force for this object. */
  #markJudged(subject: FileSubject["subject"]): void {
    const { policy, cluster, now } = this.#environment;
    const { layer } = scopeOf(policy, cluster, subject);
    for (const check of policy.checksFor(subject.kind, "CREATE")) {
      const { rule } = check;
      if (this.judged.has(rule.practice) || rule.check === undefined) continue;
      if (rule.doors !== undefined && !rule.doors.includes("check")) continue;
      if (policy.resolveMode(check, subject, layer, now).mode !== "off") {
        this.judged.add(rule.practice);
      }
    }
  }

  #isFirst(key: string): boolean {
    if (this.#saidForOwner.has(key)) return false;
    this.#saidForOwner.add(key);
    return true;
  }
}
