import type { Environment } from "../engine/environment.ts";
import { evaluate } from "../engine/evaluate.ts";
import type { Judgement, RuleFault } from "../engine/judgement.ts";
import type { Practice } from "../engine/rule.ts";
import { scopeOf } from "../engine/scope.ts";
import type { Subject } from "../engine/subject.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { createdSubject, type Lineage, ownerAdvice, type ReportDoor } from "./created-subject.ts";
import type { ReportFinding, ReportSkip } from "./report.ts";
import { findingOf, objectOf } from "./report-entry.ts";

/** An object to judge, and who answers for it. */
export interface ToJudge {
  readonly subject: Subject;
  readonly lineage: Lineage;
  /** Where it is written, for objects from files. */
  readonly place?: (pointer: string) => NonNullable<ReportFinding["source"]>;
}

export type CollectedSkip = ReportSkip & { readonly practice: Practice };

/** What a door other than admission finds, object by object. */
export class Collected {
  readonly findings: ReportFinding[] = [];
  readonly skipped: CollectedSkip[] = [];
  readonly faults: RuleFault[] = [];
  readonly judged = new Set<Practice>();
  /** Rules that had their say on some object. */
  readonly rules = new Set<string>();
  /** One finding per owner, rule and place, however many children say it. */
  readonly #said = new Set<string>();
  readonly #skippedOnce = new Set<string>();

  judge(environment: Environment, task: ToJudge): void {
    const { subject } = task;
    const { judgements, skipped, faults } = evaluate(environment, subject);
    this.#markJudged(environment, subject);
    for (const judgement of judgements) {
      const finding = findingOf(subject, judgement);
      if (finding !== undefined) this.#add(task, judgement, finding);
    }
    for (const { rule, reason } of skipped) {
      this.#skipKind(subject, { id: rule.id, practice: rule.practice }, reason);
    }
    for (const fault of faults) {
      this.faults.push(fault);
      const { id, practice } = fault.rule;
      const reason = "the guard failed in this rule, which is its own fault";
      this.skipped.push({ rule: id, object: objectOf(subject), reason, practice });
    }
  }

  addFinding(finding: ReportFinding): void {
    this.judged.add(finding.practice);
    this.findings.push(finding);
  }

  addSkip(skip: CollectedSkip): void {
    this.skipped.push(skip);
  }

  #add({ subject, lineage, place }: ToJudge, judgement: Judgement, finding: ReportFinding): void {
    const source = place === undefined ? {} : { source: place(finding.pointer) };
    const { judged, foreign } = lineage;
    const controller = judged ?? foreign;
    if (controller === undefined) {
      this.findings.push({ ...finding, ...source });
      return;
    }
    const { rule } = finding;
    const { key } = judgement.finding;
    const said = foreign === undefined ? "" : `${foreign.uid || foreign.name} ${subject.kind}`;
    const top = judged === undefined ? undefined : ownerSubject(subject, judged.object);
    const who = top === undefined ? said : `${top.kind} ${top.namespace}/${top.name}`;
    if (!this.#isFirst(`${who} ${rule} ${key}`)) return;
    const object = top === undefined ? finding.object : objectOf(top);
    const fix = ownerAdvice(controller.kind, finding.fix);
    this.findings.push({ ...finding, object, fix, fixable: false, ...source });
  }

  /** Once for all objects of a kind in a namespace: the reason is the same for each. */
  #skipKind(subject: Subject, rule: { id: string; practice: Practice }, reason: string): void {
    const key = `${rule.id} ${subject.kind} ${subject.namespace} ${reason}`;
    if (this.#skippedOnce.has(key)) return;
    this.#skippedOnce.add(key);
    const object = { ...objectOf(subject), name: "*" };
    this.skipped.push({ rule: rule.id, object, reason, practice: rule.practice });
  }

  /** Which practices and rules were in force for this object. */
  #markJudged({ policy, cluster, now }: Environment, subject: Subject): void {
    const { layer } = scopeOf(policy, cluster, subject);
    for (const check of policy.checksFor(subject.door, subject.kind, "CREATE")) {
      const { rule } = check;
      if (this.rules.has(rule.id) || rule.check === undefined) continue;
      if (policy.resolveMode(check, subject, layer, now).mode === "off") continue;
      this.rules.add(rule.id);
      this.judged.add(rule.practice);
    }
  }

  #isFirst(key: string): boolean {
    if (this.#said.has(key)) return false;
    this.#said.add(key);
    return true;
  }
}

function ownerSubject(child: Subject, owner: JsonObject): Subject {
  return createdSubject(child.door as ReportDoor, owner, child.namespace);
}
