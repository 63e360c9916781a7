import { parseTime } from "./duration.ts";
import { asObject, dig, type JsonObject, own, ownArray, ownObject, ownString } from "./json.ts";
import { statusOf } from "./object.ts";

/** How a container of a Pod fared, by its status. */
export interface ContainerState {
  readonly name: string;
  readonly restarts: number;
  /** How it ended last: now, or before its last restart. */
  readonly ended: Ending | undefined;
  /** `CrashLoopBackOff`; undefined while it does not wait. */
  readonly waiting: string | undefined;
}

export interface Ending {
  /** `OOMKilled`, `Error`; a word of the kubelet or the runtime, else undefined. */
  readonly reason: string | undefined;
  readonly exitCode: number | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number | undefined;
}

/** What the kubelet waits with that does not pass by itself. */
const STUCK: ReadonlySet<string> = new Set([
  "CrashLoopBackOff",
  "CreateContainerConfigError",
  "CreateContainerError",
  "ErrImageNeverPull",
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "RunContainerError",
]);

/** Containers, then init containers and sidecars. */
export function containerStatesOf(pod: JsonObject): readonly ContainerState[] {
  const status = statusOf(pod);
  return ["containerStatuses", "initContainerStatuses"].flatMap((key) =>
    ownArray(status, key).flatMap((entry): ContainerState[] => {
      const raw = asObject(entry);
      const name = ownString(raw, "name");
      return raw === undefined || name === undefined ? [] : [stateOf(name, raw)];
    }),
  );
}

function stateOf(name: string, raw: JsonObject): ContainerState {
  const restarts = own(raw, "restartCount");
  const now = asObject(dig(raw, "state", "terminated"));
  return {
    name,
    restarts: typeof restarts === "number" && restarts > 0 ? restarts : 0,
    ended: endingOf(now ?? asObject(dig(raw, "lastState", "terminated"))),
    waiting: wordOf(dig(raw, "state", "waiting", "reason")),
  };
}

function endingOf(terminated: JsonObject | undefined): Ending | undefined {
  if (terminated === undefined) return undefined;
  const exitCode = own(terminated, "exitCode");
  return {
    reason: wordOf(own(terminated, "reason")),
    exitCode: typeof exitCode === "number" ? exitCode : undefined,
    at: parseTime(own(terminated, "finishedAt")),
  };
}

export function isStuck({ waiting }: ContainerState): boolean {
  return waiting !== undefined && STUCK.has(waiting);
}

/** Put off its node for want of what the node ran out of. */
export function isEvicted(pod: JsonObject): boolean {
  return own(statusOf(pod), "reason") === "Evicted";
}

/** The last time that anything changed about a Pod, as far as its status tells. */
export function lastChangeOf(pod: JsonObject): number | undefined {
  const status = statusOf(pod);
  const times = [
    own(status, "startTime"),
    ...ownArray(status, "conditions").map((entry) => own(asObject(entry), "lastTransitionTime")),
  ].flatMap((time) => parseTime(time) ?? []);
  return times.length === 0 ? undefined : Math.max(...times);
}

export function nodeOf(pod: JsonObject): string | undefined {
  return ownString(ownObject(pod, "spec"), "nodeName");
}

/** Reasons are words in CamelCase; anything else may be anything, and is not repeated. */
function wordOf(value: unknown): string | undefined {
  return typeof value === "string" && word.test(value) ? value : undefined;
}

const word = /^[A-Za-z]{1,40}$/;
