const ODD_BYTES = [
  0x00, 0x0a, 0x22, 0x2c, 0x3a, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f, 0x80, 0xc3, 0xff,
];
const LONGEST = 16 * 1024;

/** Random numbers that a seed brings back (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** One to four changes of an input: bytes, words of the dictionary, parts of itself or of another. */
export class Mutator {
  readonly #random: (below: number) => number;
  readonly #words: readonly Buffer[];

  constructor(random: (below: number) => number, dictionary: readonly string[]) {
    this.#random = random;
    this.#words = dictionary.map((word) => Buffer.from(word));
  }

  change(input: Buffer, other: Buffer): Buffer {
    let next = input;
    for (let left = 1 + this.#random(4); left > 0; left--) next = this.#once(next, other);
    return next.subarray(0, LONGEST);
  }

  #once(input: Buffer, other: Buffer): Buffer {
    const at = this.#random(input.length + 1);
    const end = Math.min(input.length, at + 1 + this.#random(1 + this.#random(32)));
    switch (this.#random(7)) {
      case 0:
        return splice(input, at, end, Buffer.from([this.#byte()]));
      case 1:
        return splice(input, at, end, Buffer.alloc(0));
      case 2:
        return splice(input, at, at, this.#word());
      case 3:
        return splice(input, at, end, this.#word());
      case 4:
        return splice(input, at, at, input.subarray(at, end));
      case 5: {
        const from = this.#random(other.length + 1);
        return splice(input, at, end, other.subarray(from, from + this.#random(128)));
      }
      default:
        return this.#replaceToken(input);
    }
  }

  /** A whole scalar for another: what keeps the structure and changes the meaning. */
  #replaceToken(input: Buffer): Buffer {
    const text = input.toString("latin1");
    const tokens = [...text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null/g)];
    const token = tokens[this.#random(Math.max(1, tokens.length))];
    if (token === undefined) return input;
    return splice(input, token.index, token.index + token[0].length, this.#word());
  }

  #byte(): number {
    return this.#random(2) === 0
      ? this.#random(256)
      : (ODD_BYTES[this.#random(ODD_BYTES.length)] ?? 0);
  }

  #word(): Buffer {
    return (
      this.#words[this.#random(Math.max(1, this.#words.length))] ?? Buffer.from([this.#byte()])
    );
  }
}

function splice(input: Buffer, from: number, to: number, put: Buffer): Buffer {
  return Buffer.concat([input.subarray(0, from), put, input.subarray(to)]);
}
