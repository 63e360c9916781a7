import { z } from "zod";
import { componentOf } from "../../engine/component.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { field } from "../../kubernetes/location.ts";
import { isSameProbe, probeOf } from "../../kubernetes/probe.ts";
import type { Container } from "../../kubernetes/workload.ts";
import { isLongRunning, LONG_RUNNING_KINDS } from "./long-running.ts";

export default defineRule({
  id: "mon-probes",
  title: "Containers say whether they are ready and alive",
  why:
    "Without a readiness probe a Pod gets traffic the moment it starts, and rollouts and drains " +
    "go on before it serves; without a liveness probe a hung process stays for good.",
  practice: "monitoring",
  since: "0.1.0",
  targets: [{ kinds: LONG_RUNNING_KINDS, operations: ["CREATE", "UPDATE"] }],
  needs: [],
  mode: "enforce",
  modeNote:
    "only a missing readinessProbe of a critical component blocks, and only if the component is " +
    "declared; all else warns",
  reads: [
    "TP.spec.containers",
    "TP.spec.restartPolicy",
    "TP.metadata.labels",
    "metadata.labels",
    "metadata.annotations",
  ],
  params: z.strictObject({}),
  check: (context) => findings(context),
});

/** No probe is ever added: a guessed one kills Pods. */
function* findings(context: RuleContext): Iterable<Finding> {
  const { object } = context;
  if (!isLongRunning(object)) return;
  for (const container of object.containers) {
    if (container.role !== "container") continue;
    const readiness = probeOf(container.raw, "readinessProbe");
    const liveness = probeOf(container.raw, "livenessProbe");
    if (readiness === undefined) yield withoutReadiness(context, container);
    if (liveness === undefined) yield withoutLiveness(container);
    if (readiness !== undefined && liveness !== undefined && isSameProbe(readiness, liveness)) {
      yield identical(container);
    }
  }
}

function withoutReadiness(context: RuleContext, { name, location }: Container): Finding {
  return {
    message: `container ${name} has no readinessProbe; drains and rollouts cannot see readiness`,
    fix: "add a readinessProbe that fails while the container cannot serve",
    location: field(location, "readinessProbe"),
    key: `readiness ${name}`,
    ...(isCritical(context) ? {} : { atMost: "warn" as const }),
  };
}

/** Declared or by its kind; a guess blocks nothing. */
function isCritical({ platform, object }: RuleContext): boolean {
  const claim = componentOf(platform, object);
  return claim?.sure === true && platform.components.get(claim.name)?.critical === true;
}

function withoutLiveness({ name, location }: Container): Finding {
  return {
    message: `container ${name} has no livenessProbe; a process that hangs is never restarted`,
    fix: "add a livenessProbe that only fails when a restart helps",
    location: field(location, "livenessProbe"),
    key: `liveness ${name}`,
    atMost: "warn",
  };
}

function identical({ name, location }: Container): Finding {
  return {
    message: `container ${name} has the same livenessProbe and readinessProbe; what should only stop traffic restarts it`,
    fix: "let liveness check less, or give it a larger failureThreshold",
    location: field(location, "livenessProbe"),
    key: `identical ${name}`,
    atMost: "warn",
  };
}
