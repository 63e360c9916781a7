import { z } from "zod";
import { POD_MAKERS, podsOf } from "../../engine/pods-of.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { HOUR, spanText } from "../../kubernetes/duration.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import { type Location, ROOT } from "../../kubernetes/location.ts";
import { nameOf } from "../../kubernetes/object.ts";
import {
  type ContainerState,
  containerStatesOf,
  type Ending,
  isEvicted,
  lastChangeOf,
} from "../../kubernetes/pod-state.ts";
import { limitInPod, usageOf } from "../../kubernetes/pod-usage.ts";
import { formatQuantity } from "../../kubernetes/quantity-format.ts";
import { resourceLocation } from "../../kubernetes/resources.ts";

const params = z.strictObject({
  hours: z.number().positive().default(24).describe("What happened longer ago is not told"),
  minRestarts: z
    .int()
    .positive()
    .default(5)
    .describe("A container that restarted so often, the last time lately, is told"),
});

type Context = RuleContext<z.output<typeof params>>;

export default defineRule<z.output<typeof params>>({
  id: "ts-oom-evicted",
  title: "No Pod is killed for memory, evicted or restarted again and again",
  why: "A container that is killed comes back in seconds and looks healthy. Whoever was signed in through it was signed out, and the next load takes it down again.",
  practice: "operations",
  since: "0.1.0",
  targets: [{ kinds: POD_MAKERS, operations: ["CREATE"] }],
  needs: ["Pod"],
  consults: ["Job.batch"],
  mode: "audit",
  doors: ["audit"],
  reads: ["status", "spec"],
  params,
  *check(context) {
    const killed = new Map<string, Incident>();
    const restarted = new Map<string, Incident>();
    let evicted = 0;
    for (const pod of podsOf(context.cluster, ...whereIs(context))) {
      if (isEvicted(pod) && isLate(context, lastChangeOf(pod))) evicted++;
      for (const state of containerStatesOf(pod)) {
        const { ended, restarts } = state;
        if (ended === undefined || !isLate(context, ended.at)) continue;
        if (ended.reason === "OOMKilled") note(killed, { pod, state, ended });
        else if (restarts >= context.params.minRestarts) note(restarted, { pod, state, ended });
      }
    }
    for (const incident of killed.values()) yield killedFinding(context, incident);
    for (const incident of restarted.values()) yield restartedFinding(context, incident);
    if (evicted > 0) yield evictedFinding(evicted);
  },
});

interface Incident {
  readonly pod: JsonObject;
  readonly state: ContainerState;
  readonly ended: Ending;
}

function whereIs({ subject, object }: Context) {
  return [subject.kind, subject.namespace, object.raw] as const;
}

/** The latest of each container stands for those of the other Pods. */
function note(incidents: Map<string, Incident>, incident: Incident): void {
  const before = incidents.get(incident.state.name);
  if (before === undefined || (incident.ended.at ?? 0) > (before.ended.at ?? 0)) {
    incidents.set(incident.state.name, incident);
  }
}

/** What has no time may have happened just now. */
function isLate({ now, params }: Context, at: number | undefined): boolean {
  return at === undefined || now - at <= params.hours * HOUR;
}

function killedFinding(context: Context, { pod, state, ended }: Incident): Finding {
  const { name, restarts } = state;
  const often = restarts > 1 ? `, ${restarts} restarts in all` : "";
  return {
    message: `container ${name} of Pod ${nameOf(pod)} was killed for want of memory (OOMKilled)${agoText(context, ended)}${memoryText(context, pod, name)}${often}`,
    fix: "raise limits.memory or find the leak",
    location: limitLocation(context, name),
    key: `oom:${name}`,
  };
}

/** `, limit 512Mi, used 498Mi`; what is used is only known where somebody measured. */
function memoryText({ usage, subject }: Context, pod: JsonObject, container: string): string {
  const limit = limitInPod(pod, container, "memory");
  const last = usage?.of(subject.namespace, nameOf(pod) ?? "").at(-1);
  const used = last && usageOf(last, container, "memory");
  const parts = [
    limit === undefined ? ", no limit: its node ran out" : `, limit ${formatQuantity(limit)}`,
    used === undefined ? "" : `, used ${formatQuantity(used)}`,
  ];
  return parts.join("");
}

function restartedFinding(context: Context, { pod, state, ended }: Incident): Finding {
  const { name, restarts } = state;
  const how = [
    ended.reason,
    ended.exitCode === undefined ? undefined : `exit code ${ended.exitCode}`,
  ];
  const words = how.filter((word) => word !== undefined).join(", ");
  return {
    message: `container ${name} of Pod ${nameOf(pod)} restarted ${restarts} times, the last time${agoText(context, ended) || " at a time that is not known"}${words === "" ? "" : ` (${words})`}`,
    fix: `read kubectl logs -n ${context.subject.namespace} ${nameOf(pod)} -c ${name} --previous`,
    location: limitLocation(context, name).parent?.parent?.parent ?? ROOT,
    key: `restarts:${name}`,
    magnitude: restarts,
  };
}

function evictedFinding(count: number): Finding {
  return {
    message: `${count} ${count === 1 ? "Pod was" : "Pods were"} evicted by a node that ran out of memory or disk`,
    fix: "set requests to what the containers really use, and limit what they write to disk",
    location: ROOT,
    key: "evicted",
    magnitude: count,
  };
}

function agoText({ now }: Context, { at }: Ending): string {
  return at === undefined ? "" : ` ${spanText(Math.max(0, now - at))} ago`;
}

/** Of a container that something injects the manifest has no place. */
function limitLocation({ object }: Context, container: string): Location {
  const found = object.containers.find(({ name }) => name === container);
  return found === undefined ? ROOT : resourceLocation(found.location, "limits", "memory");
}
