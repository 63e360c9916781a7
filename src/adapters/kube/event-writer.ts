import type { JsonObject } from "../../kubernetes/json.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { CountEvent, Events, GuardEvent } from "../../usecases/ports/events.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import type { ApiRequest, Connection } from "./api-client.ts";
import { Backoff } from "./backoff.ts";
import { EventLimits } from "./event-limits.ts";
import { boundedNote, eventNamespace, eventObject, eventSeries } from "./event-object.ts";
import { answerError, KubeError, type KubeErrorCode } from "./kube-error.ts";

const STEP_MS = 500;
/** A series is counted on the API server this long after it grew, then twice as long each time. */
const FIRST_UPDATE_MS = 5_000;
const MOST_UPDATE_MS = 300_000;
/** After this long without another the next one is a new Event, as other reporters have it. */
const SERIES_END_MS = 360_000;
const MOST_SERIES = 1_000;
const TIMEOUT_MS = 5_000;
/** Others speak of one Event only. */
const RESTS_AFTER: ReadonlySet<KubeErrorCode> = new Set([
  "unreachable",
  "untrusted-server",
  "unauthorized",
  "forbidden",
  "throttled",
  "server-error",
]);

export interface EventWriterOptions {
  readonly connection: Connection;
  /** Which replica speaks: the Pod's name. */
  readonly instance: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly count: CountEvent;
}

interface Series {
  readonly event: GuardEvent;
  name: string;
  firstAt: number;
  lastAt: number;
  count: number;
  /** Of them known to the API server; 0 before the Event exists. */
  written: number;
  updateMs: number;
  dueAt: number;
}

/**
 * Writes Events in the background, one series for what is said again and again. Bounded in memory
 * and in calls; what fails is counted and said again at the next occasion. Needs create and patch on
 * events.k8s.io.
 */
export class EventWriter implements Events {
  readonly #options: EventWriterOptions;
  readonly #limits: EventLimits;
  readonly #backoff: Backoff;
  /** Least recently used first. */
  readonly #series = new Map<string, Series>();
  readonly #pending = new Set<string>();
  #problem: string | undefined;

  constructor(options: EventWriterOptions) {
    this.#options = options;
    this.#limits = new EventLimits(options.clock.now());
    this.#backoff = new Backoff(options.random);
  }

  emit(told: GuardEvent): void {
    const { clock, count } = this.#options;
    const event = { ...told, note: boundedNote(told.note) };
    const now = clock.now();
    const key = keyOf(event);
    const known = this.#recent(key, now);
    if (known !== undefined) {
      known.count += 1;
      known.lastAt = now;
      this.#pending.add(key);
      count(event.reason, "merged");
    } else if (this.#makeRoom() && this.#limits.take(eventNamespace(event), now)) {
      this.#series.set(key, this.#begin(event, now));
      this.#pending.add(key);
    } else count(event.reason, "dropped");
  }

  /** Resolves when the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      const wait = await this.#writeDue(signal);
      await clock.sleep(wait, signal);
    }
  }

  #begin(event: GuardEvent, now: number): Series {
    return {
      event,
      name: this.#newName(),
      firstAt: now,
      lastAt: now,
      count: 1,
      written: 0,
      updateMs: FIRST_UPDATE_MS,
      dueAt: now,
    };
  }

  #newName(): string {
    const part = () =>
      Math.floor(this.#options.random() * 2 ** 32)
        .toString(16)
        .padStart(8, "0");
    return `keymate-guard.${part()}${part()}`;
  }

  /** The series that goes on, now the most recently used one. */
  #recent(key: string, now: number): Series | undefined {
    const series = this.#series.get(key);
    if (series === undefined) return undefined;
    this.#series.delete(key);
    if (now - series.lastAt > SERIES_END_MS && !this.#pending.has(key)) return undefined;
    this.#series.set(key, series);
    return series;
  }

  /** Forgets the series that rested longest; false when all have still to be written. */
  #makeRoom(): boolean {
    if (this.#series.size < MOST_SERIES) return true;
    for (const key of this.#series.keys()) {
      if (this.#pending.has(key)) continue;
      this.#series.delete(key);
      return true;
    }
    return false;
  }

  /** How long to rest. */
  async #writeDue(signal: AbortSignal): Promise<number> {
    const { clock } = this.#options;
    for (const key of [...this.#pending]) {
      const series = this.#series.get(key);
      if (signal.aborted) return 0;
      if (series === undefined) this.#pending.delete(key);
      else if (series.dueAt <= clock.now() && !(await this.#write(key, series, signal))) {
        return STEP_MS + this.#backoff.next();
      }
    }
    return STEP_MS;
  }

  /** False when the API server is not to be asked again at once. */
  async #write(key: string, series: Series, signal: AbortSignal): Promise<boolean> {
    const { connection, count, clock } = this.#options;
    const { reason } = series.event;
    // More may come while the call is under way.
    const { count: told } = series;
    try {
      const request = series.written === 0 ? this.#creation(series) : this.#update(series);
      const answer = await connection.request({ ...request, signal, timeoutMs: TIMEOUT_MS });
      if (series.written > 0 && answer.status === 404) {
        this.#beginAnew(series);
        return true;
      }
      if (answer.status >= 300)
        throw answerError(answer, "create or patch", "events.events.k8s.io");
      series.written = told;
      series.dueAt = clock.now() + series.updateMs;
      series.updateMs = Math.min(2 * series.updateMs, MOST_UPDATE_MS);
      if (series.count === told) this.#pending.delete(key);
      count(reason, "written");
      this.#recovered();
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      this.#pending.delete(key);
      if (series.written === 0) this.#series.delete(key);
      count(reason, "failed");
      this.#failed(error as Error);
      return !(error instanceof KubeError && RESTS_AFTER.has(error.code));
    }
  }

  #creation(series: Series): ApiRequest {
    const { instance } = this.#options;
    const { event, name, firstAt, count, lastAt } = series;
    const object: JsonObject = {
      ...eventObject(event, { name, instance, firstAt }),
      ...(count > 1 ? { series: eventSeries(count, lastAt) } : {}),
    };
    return {
      method: "POST",
      path: folder(event),
      headers: JSON_BODY,
      body: JSON.stringify(object),
    };
  }

  #update({ event, name, count, lastAt }: Series): ApiRequest {
    return {
      method: "PATCH",
      path: `${folder(event)}/${name}`,
      headers: { "content-type": "application/merge-patch+json" },
      body: JSON.stringify({ series: eventSeries(count, lastAt) }),
    };
  }

  /** Somebody deleted it: what came since is a new Event. */
  #beginAnew(series: Series): void {
    series.count = Math.max(1, series.count - series.written);
    series.written = 0;
    series.firstAt = series.lastAt;
    series.name = this.#newName();
  }

  #failed(error: Error): void {
    if (error.message === this.#problem) return;
    this.#problem = error.message;
    this.#options.logger.warn({ problem: error.message }, "events cannot be written");
  }

  #recovered(): void {
    this.#backoff.reset();
    this.#problem = undefined;
  }
}

const JSON_BODY = { "content-type": "application/json" };

function folder(event: GuardEvent): string {
  const namespace = encodeURIComponent(eventNamespace(event));
  return `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
}

function keyOf({ reason, action, regarding, note }: GuardEvent): string {
  const { apiVersion, kind, namespace, name, uid } = regarding;
  return JSON.stringify([reason, action, apiVersion, kind, namespace, name, uid, note]);
}
