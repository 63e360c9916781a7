/** What a regular expression is made of, as far as backtracking can tell. */
export type Node =
  | { readonly kind: "characters"; readonly source: string }
  | { readonly kind: "sequence"; readonly parts: readonly Node[] }
  | { readonly kind: "choice"; readonly parts: readonly Node[] }
  | { readonly kind: "repeat"; readonly part: Node; readonly min: number; readonly max: number }
  | { readonly kind: "look"; readonly part: Node }
  | { readonly kind: "start" }
  /** End, word boundary: may hold or not, and takes no character. */
  | { readonly kind: "condition" };

/** Throws on what the analysis has no answer for: backreferences, look-behind that repeats. */
export function parseRegularExpression(source: string): Node {
  const reader = new Reader(source);
  const node = reader.choice();
  if (!reader.done) throw new Error(`unexpected ${reader.rest} in /${source}/`);
  return node;
}

const ATOM = new RegExp(
  [
    String.raw`\[(?:[^\]\\]|\\[^])*\]`,
    String.raw`\\(?:u\{[^}]*\}|[pP]\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|[^1-9kbB])`,
    String.raw`[^\\^$*+?()[\]{}|]`,
  ].join("|"),
  "yu",
);
const QUANTIFIER = /(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/y;
const BOUNDARY = /\\[bB]|\$/y;
const LOOK_BEHIND = /\(\?<[=!]/y;
const LOOK_AHEAD = /\(\?[=!]/y;
const GROUP = /\((?:\?(?::|<\w+>))?/y;

class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get done(): boolean {
    return this.#at === this.#source.length;
  }

  get rest(): string {
    return this.#source.slice(this.#at);
  }

  choice(): Node {
    const parts = [this.#sequence()];
    while (this.#take(/\|/y)) parts.push(this.#sequence());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "choice", parts };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    while (!this.done && !/^[|)]/.test(this.rest)) parts.push(this.#repeated());
    return { kind: "sequence", parts };
  }

  #repeated(): Node {
    const part = this.#single();
    const found = this.#take(QUANTIFIER);
    if (!found) return part;
    const [, sign, low = "0", comma, high] = found;
    if (sign !== undefined) {
      return { kind: "repeat", part, min: sign === "+" ? 1 : 0, max: sign === "?" ? 1 : Infinity };
    }
    const max = comma === "" ? Number(low) : high === "" ? Infinity : Number(high);
    return { kind: "repeat", part, min: Number(low), max };
  }

  #single(): Node {
    if (this.#take(/\^/y)) return { kind: "start" };
    if (this.#take(BOUNDARY)) return { kind: "condition" };
    if (this.#take(LOOK_BEHIND)) return this.#lookBehind();
    if (this.#take(LOOK_AHEAD)) return { kind: "look", part: this.#group() };
    if (this.#take(GROUP)) return this.#group();
    const atom = this.#take(ATOM);
    if (!atom) throw new Error(`cannot read ${this.rest} in /${this.#source}/`);
    return { kind: "characters", source: atom[0] };
  }

  #group(): Node {
    const node = this.choice();
    if (!this.#take(/\)/y)) throw new Error(`a group is not closed in /${this.#source}/`);
    return node;
  }

  #lookBehind(): Node {
    if (repeatsForever(this.#group())) throw new Error(`look-behind repeats: /${this.#source}/`);
    return { kind: "condition" };
  }

  #take(expected: RegExp): RegExpExecArray | null {
    expected.lastIndex = this.#at;
    const found = expected.exec(this.#source);
    if (found) this.#at += found[0].length;
    return found;
  }
}

function repeatsForever(node: Node): boolean {
  if (node.kind === "repeat") return node.max === Infinity || repeatsForever(node.part);
  if (node.kind === "look") return repeatsForever(node.part);
  return "parts" in node && node.parts.some(repeatsForever);
}
