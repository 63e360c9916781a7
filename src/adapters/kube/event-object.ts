import type { JsonObject } from "../../kubernetes/json.ts";
import type { GuardEvent } from "../../usecases/ports/events.ts";

const NOTE_BYTES = 1_024;
const INSTANCE_LENGTH = 128;
const MORE = "…";
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  /[\0-\t\v-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** Where an Event lies: that of what it is about, `default` for what belongs to none. */
export function eventNamespace({ regarding }: GuardEvent): string {
  return regarding.namespace === "" ? "default" : regarding.namespace;
}

export interface EventIdentity {
  readonly name: string;
  readonly instance: string;
  /** Wall clock milliseconds of the first time. */
  readonly firstAt: number;
}

/** An events.k8s.io/v1 Event, as strict as the API server wants it; the note is bounded already. */
export function eventObject(event: GuardEvent, identity: EventIdentity): JsonObject {
  const { regarding } = event;
  return {
    apiVersion: "events.k8s.io/v1",
    kind: "Event",
    metadata: { name: identity.name, namespace: eventNamespace(event) },
    type: "Warning",
    reason: event.reason,
    action: event.action,
    regarding: {
      apiVersion: regarding.apiVersion,
      kind: regarding.kind,
      name: regarding.name,
      ...(regarding.namespace === "" ? {} : { namespace: regarding.namespace }),
      ...(regarding.uid === undefined ? {} : { uid: regarding.uid }),
    },
    note: event.note,
    eventTime: microTime(identity.firstAt),
    reportingController: "policy.keymate.io/guard",
    reportingInstance: identity.instance.slice(0, INSTANCE_LENGTH) || "unknown",
  };
}

export function eventSeries(count: number, lastAt: number): JsonObject {
  return { count, lastObservedTime: microTime(lastAt) };
}

function microTime(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}

/** Whole lines as far as they fit into the 1,024 bytes of a note; of the first at least its start. */
export function boundedNote(note: string): string {
  const text = note
    .slice(0, 4 * NOTE_BYTES)
    .toWellFormed()
    .replace(UNPRINTABLE, " ")
    .trim();
  if (text.length === note.trim().length && Buffer.byteLength(text) <= NOTE_BYTES) return text;
  const room = NOTE_BYTES - Buffer.byteLength(`\n${MORE}`);
  let kept = "";
  for (const line of text.split("\n")) {
    const next = kept === "" ? line : `${kept}\n${line}`;
    if (Buffer.byteLength(next) > room) break;
    kept = next;
  }
  if (kept !== "") return `${kept}\n${MORE}`;
  return `${cutBytes(text, room)}${MORE}`;
}

function cutBytes(text: string, bytes: number): string {
  let size = 0;
  let end = 0;
  for (const character of text) {
    size += Buffer.byteLength(character);
    if (size > bytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}
