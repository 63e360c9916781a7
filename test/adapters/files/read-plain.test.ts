import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { stringify } from "yaml";
import { inspect } from "../../../src/adapters/files/inspect.ts";
import { readPlainYaml } from "../../../src/adapters/files/plain/read-plain.ts";
import { parseYaml, plainValueOf } from "../../../src/adapters/files/yaml-document.ts";

/** What the whole reader makes of it; undefined where it finds something wrong. */
function wholeReader(text: string): { readonly value: unknown } | undefined {
  const yaml = parseYaml(text);
  if (yaml.errors.length > 0 || inspect(yaml) !== undefined) return undefined;
  return { value: plainValueOf(yaml) };
}

/** Whatever is read must be what the whole reader reads. */
function agrees(text: string): boolean {
  const plain = readPlainYaml(text);
  if (plain === undefined) return false;
  assert.deepEqual(plain, wholeReader(text), JSON.stringify(text));
  return true;
}

/** Fails too where hardly anything was read at all. */
function check(texts: fc.Arbitrary<string>, share: number, numRuns = 1_000): void {
  const runs = Number(process.env["RUNS"] ?? numRuns);
  let read = 0;
  fc.assert(
    fc.property(texts, (text) => {
      if (agrees(text)) read++;
    }),
    { numRuns: runs },
  );
  assert.ok(read > runs * share, `only ${read} of ${runs} were read`);
}

const words = fc.constantFrom(
  ...["", "a", "null", "~", "yes", "Off", "true", "0777", "0x1f", "1_000", "1e3", ".5", "-.inf"],
  ...["500m", "512Mi", "1:30", "2026-01-01T00:00:00Z", "10.0.0.1", "<<", "=", "-", "- a", "? b"],
  ...["a: b", "a #b", "#", "'", '"', "{}", "[]", "{{ x }}", "&a", "*a", "!t", "|", ">", "%", "@"],
  ...["a\nb", "a\n", "\na", " a", "a ", "a\n\n", "a\n  b\nc", "a\tb", "é", "\u{1f600}", "\u2028"],
  ...["x".repeat(90), "one two three ".repeat(12), "it's: one 'two' three ".repeat(6), "-1", "+1"],
);
const texts = fc.oneof(
  {
    arbitrary: fc.constantFrom("orders", "registry.example/a/b:1.0", "Pod is ready", "--a=b", "-c"),
    weight: 9,
  },
  { arbitrary: words, weight: 6 },
  fc.string(),
  fc.string({ unit: "binary" }),
);
const plainKeys = ["spec", "app.kubernetes.io/name", "f:metadata", "a-b_c", ".", "x1", "10.0.0.1"];
const keys = fc.oneof(
  { arbitrary: fc.constantFrom(...plainKeys), weight: 60 },
  { arbitrary: fc.constantFrom("__proto__", "constructor", "toString"), weight: 1 },
  { arbitrary: fc.oneof(words, fc.string({ minLength: 1 })), weight: 1 },
);
const scalars = fc.oneof(
  { arbitrary: texts, weight: 4 },
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const { value: values } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    { arbitrary: scalars, weight: 3 },
    { arbitrary: fc.dictionary(keys, tie("value"), { maxKeys: 4 }), weight: 3 },
    { arbitrary: fc.array(tie("value"), { maxLength: 3 }), weight: 2 },
  ),
}));
const styles = fc.record({
  indentSeq: fc.boolean(),
  lineWidth: fc.constantFrom(0, 40, 80),
  singleQuote: fc.constantFrom(null, true, false),
  blockQuote: fc.constantFrom<"literal" | false>("literal", false),
});
const printed = fc
  .tuple(fc.dictionary(keys, values, { minKeys: 1, maxKeys: 4 }), styles)
  .map(([object, style]) =>
    stringify(object, { version: "1.1", aliasDuplicateObjects: false, ...style }),
  );

const slip = fc.record({
  at: fc.nat(),
  drop: fc.integer({ min: 0, max: 3 }),
  add: fc.constantFrom(
    ...["", " ", "  ", "\n", "\n\n", ":", ": ", "- ", "#", " #", '"', "'", "|", "|-\n", "|+", ">"],
    ...["\t", "\\", "{", "}", "[", "]", ",", "&a ", "*a", "!!str ", "---\n", "?", "x", "\r\n"],
  ),
});
const withSlips = fc
  .tuple(printed, fc.array(slip, { minLength: 1, maxLength: 2 }))
  .map(([text, slips]) => {
    let made = text;
    for (const { at, drop, add } of slips) {
      const where = at % (made.length + 1);
      made = made.slice(0, where) + add + made.slice(where + drop);
    }
    return made;
  });

const line = fc.constantFrom(
  ...["a: 1", "b:", "c: |", "d: |+", "e: |-", "- f", "- g: x", "- - h", "-", "'i': j", "k: 'l"],
  ...[
    "m'",
    '"n": o',
    'p: "q',
    'r"',
    "s: t u",
    "v w",
    "x: {}",
    "y: []",
    "z: -1",
    "",
    "# A",
    "B: C:",
  ],
  ...[
    "- |",
    "- D:",
    "  ",
    "- 'E",
    "F: 'G'",
    "H: I  ",
    "- {}",
    "J: null",
    "- -K",
    "- --L=m",
    "N: -",
    "O: -- p",
  ],
);
const lines = fc
  .array(fc.tuple(fc.constantFrom(0, 0, 1, 2, 2, 4), line), { minLength: 1, maxLength: 6 })
  .map((all) => all.map(([indent, content]) => " ".repeat(indent) + content).join("\n"));

suite("plain YAML", () => {
  test("is read as the whole reader reads it, whatever a printer was given", () => {
    check(printed, 0.4);
  });

  test("with slips is read as the whole reader reads it, or not at all", () => {
    check(withSlips, 0.05);
  });

  test("of lines in any order is read as the whole reader reads it, or not at all", () => {
    const whole = fc.tuple(lines, fc.constantFrom("", "\n", "\n\n", "\n  ", "\n  \n"));
    check(
      whole.map(([text, tail]) => text + tail),
      0.05,
      5_000,
    );
  });
});
