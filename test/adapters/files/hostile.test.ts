import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeText, MAX_FILE_BYTES } from "../../../src/adapters/files/decode-text.ts";
import { problemsOf, read } from "./workspace.ts";

test("an alias bomb is refused", () => {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level < 12; level++) {
    lines.push(
      `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(", ")}]`,
    );
  }
  assert.deepEqual(problemsOf(lines.join("\n")), ["1: the document repeats its anchors too often"]);
});

test("a few hundred uses of one anchor are fine", () => {
  const uses = Array.from({ length: 300 }, (_, index) => `k${index}: *r\n`).join("");
  assert.deepEqual(problemsOf(`r: &r {cpu: 1}\n${uses}`), []);
});

test("an alias that contains itself, or has no anchor, is refused with its line", () => {
  assert.deepEqual(problemsOf("a: &a\n  b: *a\n"), ["2: the alias *a contains itself"]);
  assert.deepEqual(problemsOf("a: 1\nb: *c\n"), ["2: the alias *c has no anchor before it"]);
});

test("deep nesting is refused, whether written out or built from aliases", () => {
  const deep = (depth: number) => `a: ${"[".repeat(depth)}${"]".repeat(depth)}\n`;
  assert.deepEqual(problemsOf(deep(150)), []);
  assert.match(problemsOf(deep(300))[0] ?? "", /nested deeper than 200 levels/);
  assert.match(problemsOf(deep(100_000))[0] ?? "", /nested too deeply/);
  assert.match(problemsOf('{"a":'.repeat(50_000))[0] ?? "", /nested too deeply/);
  const chain = Array.from(
    { length: 300 },
    (_, i) => `a${i}: &a${i} [${i > 0 ? `*a${i - 1}` : 1}]\n`,
  );
  assert.match(problemsOf(chain.join(""))[0] ?? "", /nested deeper than 200 levels/);
});

test("a mapping of a hundred thousand keys is checked in linear time", () => {
  const keys = Array.from({ length: 100_000 }, (_, index) => `k${index}: 1\n`).join("");
  assert.deepEqual(problemsOf(keys), []);
});

test("binary, UTF-16 and invalid UTF-8 are named as such", () => {
  assert.deepEqual(problemsOf(new Uint8Array([0x7f, 0x45, 0, 1])), ["1: the file is binary"]);
  assert.deepEqual(problemsOf(new Uint8Array([0xff, 0xfe, 0x61, 0])), [
    "1: the file is UTF-16, not UTF-8",
  ]);
  assert.deepEqual(problemsOf(new Uint8Array([0x61, 0xc3, 0x28])), [
    "1: the file is not valid UTF-8",
  ]);
});

test("a file above the limit is refused unread", () => {
  const decoded = decodeText("x", new Uint8Array(MAX_FILE_BYTES + 1));
  assert.equal(decoded.file, undefined);
});

test("keys that mean something to JavaScript are plain keys", () => {
  const text =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n__proto__: {polluted: true}\nconstructor: 1\n";
  const object = read(text).objects[0]?.object;
  assert.equal((object as { polluted?: unknown } | undefined)?.polluted, undefined);
  assert.ok(Object.hasOwn(object ?? {}, "__proto__"));
});

test("whatever the bytes, reading never throws", () => {
  const pieces = [
    "---\n",
    "{",
    "}",
    "[",
    "&a",
    "*a",
    "<<: ",
    "{{",
    "|\n",
    '"',
    "'",
    "- ",
    "? ",
    ": ",
    "\t",
    "a",
    "#",
    "%",
    "\r\n",
    "!!x ",
  ];
  let seed = 1;
  for (let run = 0; run < 3000; run++) {
    let text = "";
    for (let length = 0; length < 12; length++) {
      seed = (seed * 48271) % 2147483647;
      text += pieces[seed % pieces.length];
    }
    const { objects } = read(text);
    for (const object of objects) object.placeOf("/metadata/name");
  }
});
