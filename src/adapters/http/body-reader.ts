import type { IncomingMessage } from "node:http";
import { HTTP_ERRORS, type HttpError } from "./http-error.ts";
import { JsonScan } from "./json-scan.ts";
import type { Load } from "./load.ts";

/** What every body may hold without counting, so that large ones never starve the usual review. */
const FREE_BYTES = 32 * 1024;

const JSON_LIMITS = {
  /** The API server stops at 10,000 for the object; the rest is the envelope. */
  depth: 10_050,
  /** More than any two objects have that etcd takes, old and new: 3 MiB of the shortest. */
  values: 2_000_000,
};
/** What is shorter cannot nest deeper: each level costs two bytes, and what is not closed is not JSON. */
const SCAN_FROM = 2 * JSON_LIMITS.depth;
/** What the parser makes of one value, about, besides the text. */
const VALUE_BYTES = 48;

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
  /** Bytes that arrived, and those that are kept of them. */
  #length = 0;
  #kept = 0;
  #counted = 0;
  #scan: JsonScan | undefined;
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
    this.#keep(chunk);
    this.#count();
    const { bodyBytes, budgetBytes } = this.#limits;
    if (this.#length > bodyBytes) {
      this.#refuse(HTTP_ERRORS.tooLarge);
    } else if (this.#scan?.problem !== undefined) {
      this.#refuse(this.#scan.problem === "too-deep" ? HTTP_ERRORS.tooDeep : HTTP_ERRORS.tooMany);
    } else if (this.#load.bytes > budgetBytes && this.#load.bytes > this.#counted) {
      // A single one may exceed the budget by its values, or it would never be taken.
      this.#refuse(HTTP_ERRORS.busy);
    }
  }

  #keep(chunk: Buffer): void {
    this.#push(this.#scan?.add(chunk) ?? chunk);
    if (this.#scan !== undefined || this.#length < SCAN_FROM) return;
    const scan = new JsonScan(JSON_LIMITS);
    const before = this.#chunks;
    this.#chunks = [];
    this.#kept = 0;
    for (const early of before) this.#push(scan.add(early));
    this.#scan = scan;
  }

  #push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#kept += chunk.length;
  }

  #count(): void {
    const values = this.#scan?.values ?? 0;
    const needed = this.#kept + values * VALUE_BYTES - FREE_BYTES;
    const counted = this.#length > FREE_BYTES ? Math.max(0, needed) : 0;
    this.#load.bytes += counted - this.#counted;
    this.#counted = counted;
  }

  #onEnd(): void {
    if (this.#refusal !== undefined) {
      this.#done(new Refusal(this.#refusal));
      return;
    }
    if (this.#scan !== undefined) this.#push(this.#scan.end());
    const [first] = this.#chunks;
    const whole = first?.length === this.#kept ? first : undefined;
    const body = whole ?? Buffer.concat(this.#chunks, this.#kept);
    this.#chunks = [];
    this.#done(null, body);
  }

  #refuse(refusal: HttpError): void {
    this.#refusal = refusal;
    this.release();
  }
}
