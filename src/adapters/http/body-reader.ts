import type { IncomingMessage } from "node:http";
import { HTTP_ERRORS, type HttpError } from "./http-error.ts";
import type { Load } from "./load.ts";

/** What every body may hold without counting, so that large ones never starve the usual review. */
const FREE_BYTES = 32 * 1024;

export interface BodyLimits {
  /** Largest body, bytes. */
  readonly bodyBytes: number;
  /** Bytes of all unanswered bodies together. */
  readonly budgetBytes: number;
}

/** An HttpError on its way through Fastify. */
export class Refusal extends Error {
  readonly answer: HttpError;

  constructor(answer: HttpError) {
    super(answer.code);
    this.answer = answer;
  }
}

/**
 * Collects one body within the limits. What exceeds them is read to its end and thrown away before
 * the refusal is given, because a reset on unread data can cost the caller the answer.
 */
export class BodyReader {
  readonly #limits: BodyLimits;
  readonly #load: Load;
  readonly #done: (error: Error | null, body?: Buffer) => void;
  #chunks: Buffer[] = [];
  #length = 0;
  #counted = 0;
  #refusal: HttpError | undefined;

  constructor(limits: BodyLimits, load: Load, done: (error: Error | null, body?: Buffer) => void) {
    this.#limits = limits;
    this.#load = load;
    this.#done = done;
  }

  read(payload: IncomingMessage): void {
    if (Number(payload.headers["content-length"]) > this.#limits.bodyBytes) {
      this.#refusal = HTTP_ERRORS.tooLarge;
    }
    payload.on("data", (chunk: Buffer) => this.#onData(chunk));
    payload.on("end", () => this.#onEnd());
    payload.on("error", (error) => {
      this.release();
      this.#done(error);
    });
  }

  /** Gives the bytes back; call it when the answer is complete or the connection is gone. */
  release(): void {
    this.#load.bytes -= this.#counted;
    this.#counted = 0;
    this.#chunks = [];
  }

  #onData(chunk: Buffer): void {
    if (this.#refusal !== undefined) return;
    this.#length += chunk.length;
    const counted = Math.max(0, this.#length - FREE_BYTES);
    this.#load.bytes += counted - this.#counted;
    this.#counted = counted;
    if (this.#length > this.#limits.bodyBytes) {
      this.#refuse(HTTP_ERRORS.tooLarge);
    } else if (counted > 0 && this.#load.bytes > this.#limits.budgetBytes) {
      this.#refuse(HTTP_ERRORS.busy);
    } else {
      this.#chunks.push(chunk);
    }
  }

  #onEnd(): void {
    if (this.#refusal !== undefined) {
      this.#done(new Refusal(this.#refusal));
      return;
    }
    const [first] = this.#chunks;
    const whole = first?.length === this.#length ? first : undefined;
    const body = whole ?? Buffer.concat(this.#chunks, this.#length);
    this.#chunks = [];
    this.#done(null, body);
  }

  #refuse(refusal: HttpError): void {
    this.#refusal = refusal;
    this.release();
  }
}
