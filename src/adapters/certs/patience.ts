import type { PlanContext } from "./secret-plan.ts";
import type { SecretWrite } from "./secret-write.ts";

/** What the webhook configurations say. */
export interface Callers {
  /** Since when every entry contains a CA (PEM); undefined when one does not. */
  readonly trustedSince: (ca: string) => number | undefined;
  /** The CAs of this program that entries contain, PEM. */
  readonly published: () => string;
  /** Whether there is an entry, so that some replica served once and may still do. */
  readonly hasEntries: () => boolean;
  /** Reads them again, so that the next answer is about now. Rejects when that cannot be done. */
  readonly readBack: () => Promise<void>;
}

/** More between two looks than is counted: the machine was suspended, or the clock was set. */
const LOOK_MAX_MS = 5_000;

/** Holds back what callers are not prepared for. */
export class Patience {
  readonly #callers: Callers | undefined;
  readonly #othersMs: number;
  #lookedAt: number | undefined;
  #waitedMs = 0;

  /** @param othersMs what replicas that still serve get to look and to write what they have */
  constructor(callers: Callers | undefined, othersMs: number) {
    this.#callers = callers;
    this.#othersMs = othersMs;
  }

  /** Whether a CA is held back that others might make superfluous. */
  get isWaiting(): boolean {
    return this.#lookedAt !== undefined;
  }

  forget(): void {
    this.#lookedAt = undefined;
    this.#waitedMs = 0;
  }

  /** A clause; undefined when the write may go ahead. Rejects when the entries cannot be read. */
  async reasonToWait(write: SecretWrite, context: PlanContext): Promise<string | undefined> {
    if (this.#callers === undefined) return undefined;
    if (write.isAlone) return await this.#waitForOthers(this.#callers, context.now);
    if (write.onceTrusted === undefined) return undefined;
    // What the watch brought may be old; a CA is used only by what the entries say now.
    await this.#callers.readBack();
    const since = this.#callers.trustedSince(write.onceTrusted);
    const isDue = since !== undefined && context.now - since >= context.overlapMs;
    return isDue
      ? undefined
      : "the webhook entries have just lost the new CA, waiting until it is back";
  }

  async #waitForOthers(callers: Callers, now: number): Promise<string | undefined> {
    this.#waitedMs += Math.min(Math.abs(now - (this.#lookedAt ?? now)), LOOK_MAX_MS);
    this.#lookedAt = now;
    const isLikely = await callers.readBack().then(
      () => callers.hasEntries(),
      () => true,
    );
    return isLikely && this.#waitedMs < this.#othersMs
      ? "waiting for replicas that still serve to write what they have"
      : undefined;
  }
}
