const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const LETTER_U = 0x75;
/** `\u` and four digits. */
const ESCAPE_LENGTH = 6;

const NOTHING = Buffer.alloc(0);

export interface JsonLimits {
  readonly depth: number;
  readonly values: number;
}

/**
 * Looks through JSON text as it arrives, before anything is parsed: how deep it nests and how many
 * values it has, since small text can be large in memory. `<`, `>` and `&`, which Go writes as six
 * bytes, become one, in the memory of the chunk itself. No recursion, so any input is safe.
 */
export class JsonScan {
  readonly #limits: JsonLimits;
  #isInString = false;
  #depth = 0;
  /** The beginning of an escape whose end has not arrived. */
  #rest: Buffer = NOTHING;
  /** Commas and opened arrays and objects: at least as many as there are values but for one. */
  values = 0;
  problem: "too-deep" | "too-many-values" | undefined;

  constructor(limits: JsonLimits) {
    this.#limits = limits;
  }

  /** What is to be kept of the text so far, behind what earlier calls gave. */
  add(chunk: Buffer): Buffer {
    const text = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = NOTHING;
    let to = 0;
    let at = 0;
    while (at < text.length) {
      const byte = text[at] as number;
      if (this.#isInString && byte === BACKSLASH) {
        const length = escapeLength(text, at);
        if (at + length > text.length) {
          this.#rest = text.subarray(at);
          break;
        }
        to = copyEscape(text, at, length, to);
        at += length;
        continue;
      }
      if (byte === QUOTE) this.#isInString = !this.#isInString;
      else if (!this.#isInString) this.#count(byte);
      text[to++] = byte;
      at++;
    }
    return text.subarray(0, to);
  }

  /** What the last chunk ended with, when that was in the middle of an escape. */
  end(): Buffer {
    return this.#rest;
  }

  #count(byte: number): void {
    if (byte === COMMA) {
      this.#addValue();
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      this.#addValue();
      if (++this.#depth > this.#limits.depth) this.problem ??= "too-deep";
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      this.#depth--;
    }
  }

  #addValue(): void {
    if (++this.values > this.#limits.values) this.problem ??= "too-many-values";
  }
}

function escapeLength(text: Buffer, at: number): number {
  return text[at + 1] === LETTER_U ? ESCAPE_LENGTH : 2;
}

/** Writes the escape, or the one character that it stands for, and gives the place behind it. */
function copyEscape(text: Buffer, at: number, length: number, to: number): number {
  const plain = length === ESCAPE_LENGTH ? plainCharacter(text, at + 2) : undefined;
  if (plain !== undefined) {
    text[to] = plain;
    return to + 1;
  }
  text.copyWithin(to, at, at + length);
  return to + length;
}

/** Of the digits that Go writes for what could end a script in HTML. */
function plainCharacter(text: Buffer, at: number): number | undefined {
  if (text[at] !== 0x30 || text[at + 1] !== 0x30) return undefined;
  const high = text[at + 2];
  const low = text[at + 3];
  if (high === 0x33 && low === 0x63) return 0x3c;
  if (high === 0x33 && low === 0x65) return 0x3e;
  return high === 0x32 && low === 0x36 ? 0x26 : undefined;
}
