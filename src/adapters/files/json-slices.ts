import { MAX_DEPTH } from "./inspect.ts";

/** A JSON object of a stream: an item of a list, or a whole value with its items cut out. */
export interface Slice {
  readonly role: "item" | "head";
  readonly text: string;
  /** Line at which it starts, from 1. */
  readonly line: number;
}

/** What keeps a stream from being read on, with its line. */
export class StreamError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/** More than any object that an API server stores. */
const MAX_SLICE = 16 * 1024 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const NEWLINE = 0x0a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const BLANK: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Cuts a stream of JSON at the items of its lists, so that the list of a whole cluster never has to
 * be in memory at once. It looks at strings and brackets only: whether a slice is JSON shows when
 * it is parsed. Throws StreamError.
 */
export function* sliceJson(chunks: Iterable<Uint8Array>): Generator<Slice> {
  const scan = new Scan();
  for (const chunk of chunks) yield* scan.take(chunk);
  scan.end();
}

class Scan {
  readonly #head = new Part();
  readonly #item = new Part();
  #depth = 0;
  #line = 1;
  #inString = false;
  #isEscaped = false;
  #inItems = false;

  *take(chunk: Uint8Array): Generator<Slice> {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (byte === NEWLINE) this.#line++;
      if (this.#inString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) this.#inString = false;
      } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        from = this.#open(byte, chunk, from, at);
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        const slice = this.#close(chunk, from, at);
        if (slice !== undefined || this.#isBetween()) from = at + 1;
        if (slice !== undefined) yield slice;
      } else if (this.#isBetween()) {
        this.#checkBetween(byte);
        from = at + 1;
      } else if (byte === QUOTE) this.#inString = true;
    }
    if (!this.#isBetween()) this.#part().add(chunk.subarray(from), this.#line);
  }

  end(): void {
    if (this.#depth > 0) throw new StreamError("the file ends within an object", this.#line);
  }

  /** Outside of all values, or among the items of a list. */
  #isBetween(): boolean {
    return this.#depth === 0 || (this.#inItems && this.#depth === 2);
  }

  #part(): Part {
    return this.#inItems ? this.#item : this.#head;
  }

  #open(byte: number, chunk: Uint8Array, from: number, at: number): number {
    const isStart = this.#isBetween();
    if (isStart && byte === OPEN_LIST) throw this.#notAnObject();
    if (this.#depth >= MAX_DEPTH) {
      throw new StreamError(`an object is nested deeper than ${MAX_DEPTH} levels`, this.#line);
    }
    this.#depth++;
    if (isStart) {
      this.#part().start(this.#line);
      return at;
    }
    if (byte !== OPEN_LIST || this.#depth !== 2 || this.#inItems) return from;
    // The bytes so far, to see which key the list belongs to.
    this.#head.add(chunk.subarray(from, at + 1), this.#line);
    this.#inItems = this.#head.endsWithItems();
    return at + 1;
  }

  #close(chunk: Uint8Array, from: number, at: number): Slice | undefined {
    if (this.#depth === 0) throw new StreamError("a bracket closes nothing", this.#line);
    if (this.#inItems && this.#depth === 2) {
      // The bracket itself is the first byte of what is left of the head.
      this.#inItems = false;
      this.#depth--;
      return undefined;
    }
    this.#depth--;
    if (!this.#isBetween()) return undefined;
    const role = this.#inItems ? "item" : "head";
    const part = this.#part();
    part.add(chunk.subarray(from, at + 1), this.#line);
    return { role, ...part.take() };
  }

  #checkBetween(byte: number): void {
    if (BLANK.has(byte) || (byte === COMMA && this.#depth > 0)) return;
    throw this.#notAnObject();
  }

  #notAnObject(): StreamError {
    const what = this.#depth === 0 ? "the file holds" : "the list holds";
    return new StreamError(`${what} something that is no object`, this.#line);
  }
}

/** The bytes of a slice as they come. */
class Part {
  #pieces: Uint8Array[] = [];
  #size = 0;
  #line = 1;

  start(line: number): void {
    this.#pieces = [];
    this.#size = 0;
    this.#line = line;
  }

  add(piece: Uint8Array, line: number): void {
    if (piece.length === 0) return;
    this.#size += piece.length;
    if (this.#size > MAX_SLICE) {
      const limit = MAX_SLICE / 1024 / 1024;
      throw new StreamError(`an object is larger than ${limit} MiB`, line);
    }
    // The chunk is filled anew once it has been looked at.
    this.#pieces.push(Uint8Array.from(piece));
  }

  endsWithItems(): boolean {
    const tail = Buffer.concat(this.#pieces).subarray(-64).toString("latin1");
    return /"items"\s*:\s*\[$/.test(tail);
  }

  take(): { readonly text: string; readonly line: number } {
    const [only] = this.#pieces;
    const bytes = this.#pieces.length === 1 ? only : Buffer.concat(this.#pieces);
    const line = this.#line;
    this.#pieces = [];
    this.#size = 0;
    try {
      return { text: UTF8.decode(bytes), line };
    } catch {
      throw new StreamError("the file is not valid UTF-8", line);
    }
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
