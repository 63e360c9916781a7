import type { Deadline } from "../../usecases/ports/admission.ts";
import type { Monotonic } from "../../usecases/ports/monotonic.ts";

const DURATION = /^([0-9]{1,9})(ms|s|m)$/;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
/** What is left of the caller's time for the way back. */
const SHARE = 0.8;

/** `timeout` of a request URL in milliseconds; undefined when absent, repeated, zero or garbage. */
export function timeoutParameter(url: string): number | undefined {
  const start = url.indexOf("?");
  if (start < 0) return undefined;
  let value: string | undefined;
  for (const pair of url.slice(start + 1).split("&")) {
    if (!pair.startsWith("timeout=")) continue;
    if (value !== undefined) return undefined;
    value = pair.slice("timeout=".length);
  }
  const match = DURATION.exec(value ?? "");
  const ms = Number(match?.[1]) * (UNIT_MS[match?.[2] ?? ""] ?? 0);
  return ms > 0 ? ms : undefined;
}

/** Milliseconds until an answer is due: a fifth before the smaller of parameter and configuration. */
export function budget(url: string, configuredMs: number): number {
  return Math.min(timeoutParameter(url) ?? configuredMs, configuredMs) * SHARE;
}

/** Expires at `at` on the clock it was given. */
export class RequestDeadline implements Deadline {
  readonly #now: Monotonic;
  readonly #at: number;

  constructor(now: Monotonic, at: number) {
    this.#now = now;
    this.#at = at;
  }

  expired(): boolean {
    return this.#now() >= this.#at;
  }

  /** Milliseconds left, 0 when expired. */
  left(): number {
    return Math.max(0, this.#at - this.#now());
  }
}
