import type { ClusterView } from "../engine/cluster-view.ts";
import { ALLOWED, decideMutation, decideValidation } from "../engine/decide.ts";
import type { Decision } from "../engine/decision.ts";
import type { Environment } from "../engine/environment.ts";
import { evaluate } from "../engine/evaluate.ts";
import { planMutation } from "../engine/mutate.ts";
import type { Policy } from "../engine/policy.ts";
import type { Subject } from "../engine/subject.ts";
import { subjectOf } from "./admission-subject.ts";
import type { AdmissionPath, AdmissionRequest, Admit, Deadline } from "./ports/admission.ts";
import type { Clock } from "./ports/clock.ts";
import type { Logger } from "./ports/logger.ts";
import { UpgradeMemory } from "./recent-upgrades.ts";

export interface AdmitDependencies {
  /** The policy in force; changes when the policy file does. */
  readonly policy: () => Policy;
  readonly cluster: ClusterView;
  /**
   * Resolves when the namespace is in the cluster view or a short time is over: a namespace and
   * its workloads often arrive in one apply, and the watch is a few milliseconds behind.
   */
  readonly waitForNamespace?: (name: string) => Promise<void>;
  readonly clock: Pick<Clock, "now">;
  readonly logger: Logger;
}

/** Decides admission requests by the engine; synchronous unless it has to wait for a namespace. */
export function createAdmit(dependencies: AdmitDependencies): Admit {
  const recent = new UpgradeMemory();
  return (request, path, deadline) => {
    const policy = dependencies.policy();
    const subject = subjectOf(request, policy);
    if (subject === undefined) return ALLOWED;
    const decide = () => decideSubject({ ...dependencies, recent }, subject, path, deadline);
    return awaitsNamespace(dependencies, policy, request)
      ? (dependencies.waitForNamespace?.(request.namespace).then(decide) ?? decide())
      : decide();
  };
}

function awaitsNamespace(
  { cluster, waitForNamespace }: AdmitDependencies,
  policy: Policy,
  { namespace, kind }: AdmissionRequest,
): boolean {
  if (waitForNamespace === undefined || namespace === "" || kind.kind === "Namespace") return false;
  if (policy.isExcluded(namespace) || cluster.readability("Namespace") !== "readable") return false;
  return cluster.get("Namespace", "", namespace) === undefined;
}

function decideSubject(
  dependencies: AdmitDependencies & { readonly recent: UpgradeMemory },
  subject: Subject,
  path: AdmissionPath,
  deadline: Deadline,
): Decision {
  const { recent, cluster, clock } = dependencies;
  const policy = dependencies.policy();
  const now = clock.now();
  const environment: Environment = {
    policy,
    cluster,
    now,
    recent,
    expired: () => deadline.expired(),
  };
  if (path === "/mutate") {
    const plan = planMutation(environment, subject);
    if (plan.fault !== undefined) {
      logFault(dependencies.logger, `mutate:${plan.fault.where}`, plan.fault.error);
    }
    return decideMutation(plan);
  }
  const evaluation = evaluate(environment, subject);
  for (const { rule, error } of evaluation.faults) logFault(dependencies.logger, rule.id, error);
  const failMode = path === "/validate/fail" ? "deny" : "allow";
  const decision = decideValidation(subject, evaluation, policy, failMode);
  if (decision.allowed) recent.admitted(subject, now);
  return decision;
}

/** The stack names our own code; an error's message may quote the object, so it stays out. */
function logFault(logger: Logger, where: string, error: unknown): void {
  const stack = error instanceof Error ? (error.stack ?? "").split("\n    at ").slice(1, 6) : [];
  const name = error instanceof Error ? error.name : typeof error;
  logger.error({ where, error: name, stack }, "fault of the guard while judging an object");
}
