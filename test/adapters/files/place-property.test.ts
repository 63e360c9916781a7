import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { stringify } from "yaml";
import type { SourceObject } from "../../../src/adapters/files/source-object.ts";
import { pointerFrom } from "../../../src/kubernetes/location.ts";
import { read } from "./workspace.ts";

/** What hangs below an object; every key and every leaf is a word that occurs once. */
type Tree = "leaf" | readonly Tree[] | { readonly fields: readonly Tree[] };

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant("leaf" as const),
    fc.array(tie("tree"), { minLength: 1, maxLength: 3 }),
    fc.record({ fields: fc.array(tie("tree"), { minLength: 1, maxLength: 4 }) }),
  ),
}));

const FLAVOURS: readonly string[] = ["", "-x", "/y", "~z", ".é", " 🚀", ": {", "#", "'\"", "\\"];

/** Names every key and leaf, in the order in which they are written. */
function named(value: Tree, count: { value: number }): unknown {
  const word = () => `w${count.value++}${FLAVOURS[count.value % FLAVOURS.length]}`;
  if (value === "leaf") return word();
  if (Array.isArray(value)) return value.map((item) => named(item, count));
  const { fields } = value as { readonly fields: readonly Tree[] };
  return Object.fromEntries(fields.map((field) => [word(), named(field, count)]));
}

const STYLES: Readonly<Record<string, (value: object) => string>> = {
  block: (value) => stringify(value),
  "block, four blanks": (value) => stringify(value, { indent: 4 }),
  "sequences not indented": (value) => stringify(value, { indentSeq: false }),
  flow: (value) => stringify(value, { collectionStyle: "flow" }),
  "flow on one line": (value) => stringify(value, { collectionStyle: "flow", lineWidth: 0 }),
  "quoted keys": (value) =>
    stringify(value, { defaultKeyType: "QUOTE_DOUBLE", defaultStringType: "QUOTE_SINGLE" }),
  JSON: (value) => JSON.stringify(value, null, 2),
  "JSON with tabs": (value) => JSON.stringify(value, null, "\t"),
  "compact JSON": (value) => JSON.stringify(value),
};

/** Ways in which an object comes with company; the text before it holds no word of its own. */
const COMPANY: Readonly<Record<string, (text: string) => string>> = {
  alone: (text) => text,
  "with a byte order mark": (text) => `\uFEFF${text}`,
  "with CRLF": (text) => text.replaceAll("\n", "\r\n"),
  "after another document": (text) => `# Source: chart/a.yaml\na: 1\n---\n# Source: b\n${text}`,
};

/** Every pointer of a value with the first word that is written at or below it. */
function* wordsOf(value: unknown, segments: readonly string[] = []): Generator<[string, string]> {
  if (typeof value === "string") return yield [pointerFrom(segments), value];
  for (const [key, child] of Object.entries(value as object)) {
    const below = [...segments, key];
    if (!Array.isArray(value)) yield [pointerFrom(below), key];
    else
      for (const [, word] of wordsOf(child, below)) {
        yield [pointerFrom(below), word];
        break;
      }
    if (typeof child === "object") yield* wordsOf(child, below);
  }
}

const wordNumber = (word: string) => /^w\d+/.exec(word)?.[0] ?? "";

/** The words are numbered, so each is found by looking for it. */
function assertPlaces(text: string, object: SourceObject, body: unknown): void {
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  for (const [pointer, word] of wordsOf(body, ["spec"])) {
    const { line, column } = object.placeOf(pointer);
    const rest = [lines[line - 1]?.slice(column - 1), ...lines.slice(line)].join("\n");
    // Quotes, brackets and dashes may stand before the word, and nothing else.
    assert.match(
      rest.slice(0, rest.search(new RegExp(`\\b${wordNumber(word)}\\b`))),
      /^[\s"'[{-]*$/,
    );
    assert.match(rest[0] ?? "", /\S/);
    assert.deepEqual(object.placeOf(`${pointer}/missing/0/too`), { line, column });
  }
}

for (const [style, write] of Object.entries(STYLES)) {
  test(`every field is found where it is written, missing ones at their parent: ${style}`, () => {
    fc.assert(
      fc.property(
        fc.array(tree, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...Object.keys(COMPANY)),
        fc.boolean(),
        (fields, company, inList) => {
          const body = named({ fields }, { value: 0 });
          const raw = { apiVersion: "v1", kind: "Thing", metadata: { name: "x" }, spec: body };
          const value = inList
            ? { apiVersion: "v1", kind: "List", items: [{ ...raw, spec: {} }, raw] }
            : raw;
          const text = (COMPANY[company] ?? assert.fail())(write(value));
          const loaded = read(text);
          assert.deepEqual(loaded.problems, []);
          assertPlaces(text, loaded.objects.at(-1) ?? assert.fail(), body);
        },
      ),
      { numRuns: 60 },
    );
  });
}
