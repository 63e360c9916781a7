import type { Slice } from "./json-slices.ts";

/** A slice of YAML: `item` has its dash replaced by a blank, so that it is a document of its own. */
export type YamlSlice = Slice;

const ITEM = /^( *)- /;

/**
 * Cuts YAML at its documents and, in a list as kubectl prints it, at the items: lines, not syntax,
 * for a whole cluster in one syntax tree would not fit into memory.
 */
export function* sliceYaml(text: string, cutsItems = true): Generator<YamlSlice> {
  const cut = new Cut(cutsItems);
  let line = 0;
  for (const content of linesOf(text)) {
    line++;
    yield* cut.line(content, line);
  }
  yield* cut.end();
}

class Cut {
  readonly #cutsItems: boolean;
  #head: string[] = [];
  #headLine = 1;
  #item: string[] = [];
  #itemLine = 1;
  /** Blanks before the dash of an item; undefined outside of a list. */
  #indent: string | undefined;
  #awaitsItem = false;

  constructor(cutsItems: boolean) {
    this.#cutsItems = cutsItems;
  }

  *line(content: string, line: number): Generator<YamlSlice> {
    if (/^(?:---|\.\.\.)(?:\s|$)/.test(content)) {
      yield* this.end();
      this.#headLine = line;
      const rest = content.slice(3);
      if (content.startsWith("---") && rest.trim() !== "") this.#head.push(`   ${rest}`);
      return;
    }
    const dash = ITEM.exec(content)?.[1];
    if (this.#awaitsItem && dash !== undefined) this.#indent = dash;
    if (content.trim() !== "") this.#awaitsItem = false;
    if (this.#indent === undefined) {
      this.#head.push(content);
      this.#awaitsItem ||= this.#cutsItems && /^items:\s*(?:#.*)?$/.test(content);
    } else if (dash === this.#indent) {
      yield* this.#endItem();
      this.#itemLine = line;
      this.#item.push(content.replace("- ", "  "));
    } else if (/^[^\s#]/.test(content)) {
      yield* this.#endItem();
      this.#indent = undefined;
      this.#head.push(content);
    } else this.#item.push(content);
  }

  *end(): Generator<YamlSlice> {
    yield* this.#endItem();
    const text = textOf(this.#head);
    this.#head = [];
    this.#indent = undefined;
    this.#awaitsItem = false;
    if (/^[^\S\n\r\u2028\u2029]*[^\s#]/m.test(text))
      yield { role: "head", text, line: this.#headLine };
  }

  *#endItem(): Generator<YamlSlice> {
    if (this.#item.length === 0) return;
    const text = textOf(this.#item);
    this.#item = [];
    yield { role: "item", text, line: this.#itemLine };
  }
}

/** With the last line end too: a literal block may keep it. */
function textOf(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}

function* linesOf(text: string): Generator<string> {
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf("\n", at);
    const stop = next < 0 ? text.length : next;
    yield text.slice(at, text[stop - 1] === "\r" ? stop - 1 : stop);
    at = stop + 1;
  }
}
