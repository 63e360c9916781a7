import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import fc from "fast-check";
import { stringify } from "yaml";
import { type Slice, StreamError, sliceJson } from "../../../src/adapters/files/json-slices.ts";
import { readDump } from "../../../src/adapters/files/read-dump.ts";
import { parseYaml, plainValueOf } from "../../../src/adapters/files/yaml-document.ts";
import { sliceYaml } from "../../../src/adapters/files/yaml-slices.ts";

const folder = mkdtempSync(join(tmpdir(), "keymate-guard-dump-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function read(name: string, content: string | Uint8Array) {
  const path = join(folder, name);
  writeFileSync(path, content);
  const objects: unknown[] = [];
  const { flaws } = readDump(path, (object) => objects.push(object));
  return { objects, flaws: flaws.map((flaw) => flaw.replace(`${folder}/`, "")) };
}

/** The stream in pieces of this size, in memory that is used again. */
function* inPieces(text: string, size: number): Generator<Uint8Array> {
  const bytes = Buffer.from(text);
  const buffer = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; at += size) {
    const length = bytes.copy(buffer, 0, at, at + size);
    yield buffer.subarray(0, length);
  }
}

const object = (name: string, more: object = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  ...more,
});

const anyObject = fc.record({
  apiVersion: fc.constant("v1"),
  kind: fc.constant("ConfigMap"),
  metadata: fc.record({ name: fc.string({ minLength: 1 }) }),
  data: fc.dictionary(fc.string(), fc.string()),
  more: fc.jsonValue({ maxDepth: 4 }),
});

suite("a stream of JSON", () => {
  test("is cut into the same items whatever the pieces in which it comes", () => {
    fc.assert(
      fc.property(
        fc.array(anyObject, { maxLength: 5 }),
        fc.integer({ min: 1, max: 64 }),
        fc.constantFrom(0, 2),
        (items, size, indent) => {
          const list = { apiVersion: "v1", items, kind: "List", metadata: {} };
          const slices = [...sliceJson(inPieces(JSON.stringify(list, null, indent), size))];
          const parsed = slices.map(({ text }) => JSON.parse(text));
          assert.deepEqual(parsed.slice(0, -1), JSON.parse(JSON.stringify(items)));
          assert.deepEqual(parsed.at(-1), { ...list, items: [] });
        },
      ),
    );
  });

  test("says at which line an item starts", () => {
    const text = JSON.stringify({ kind: "List", items: [object("a"), object("b")] }, null, 1);
    const lines = [...sliceJson([Buffer.from(text)])].map(({ line }) => line);
    assert.deepEqual(lines, [4, 11, 1]);
  });

  for (const [what, text, message] of [
    ["ends too early", '{"items":[{"a":1}', "the file ends within an object"],
    ["closes too much", '{"a":1}}', "a bracket closes nothing"],
    ["holds a list", "[{}]", "the file holds something that is no object"],
    ["lists a number", '{"items":[1]}', "the list holds something that is no object"],
    ["lists a list", '{"items":[[]]}', "the list holds something that is no object"],
    ["is too deep", '{"a":'.repeat(300), "an object is nested deeper than 200 levels"],
  ] as const) {
    test(`that ${what} is refused`, () => {
      assert.throws(() => [...sliceJson([Buffer.from(text)])], new StreamError(message, 1));
    });
  }
});

test("YAML of a list is cut at its items, and documents at their markers", () => {
  const list = { apiVersion: "v1", items: [object("a", { data: { x: "- y\nitems:\n- z\n" } })] };
  const text = `# head\n${stringify({ ...list, kind: "List" })}---\n${stringify(object("b"))}...\n`;
  const slices: Slice[] = [...sliceYaml(text)];
  assert.deepEqual(
    slices.map(({ role, line }) => [role, line]),
    [
      ["item", 4],
      ["head", 1],
      ["head", 14],
    ],
  );
});

suite("a dump", () => {
  const list = { apiVersion: "v1", kind: "List", items: [object("a"), object("b")] };
  const expected = [object("a"), object("b")];

  test("is read alike as JSON and as YAML", () => {
    assert.deepEqual(read("a.json", JSON.stringify(list)), { objects: expected, flaws: [] });
    assert.deepEqual(read("a.yaml", stringify(list)), { objects: expected, flaws: [] });
    const indented = stringify(list, { indentSeq: true });
    assert.deepEqual(read("b.yaml", indented), { objects: expected, flaws: [] });
  });

  test("is read as a list that is parsed as one document, however its YAML is printed", () => {
    const printed = fc.record({
      indentSeq: fc.boolean(),
      blockQuote: fc.constantFrom<"literal" | boolean>("literal", true, false),
      aliasDuplicateObjects: fc.boolean(),
      lineWidth: fc.constantFrom(0, 30, 80),
      version: fc.constant("1.1" as const),
    });
    const lines = fc.constantFrom(
      "a",
      "",
      " b",
      "---",
      "items:",
      "- c",
      "# d",
      "...",
      "  ",
      "e: f",
    );
    const texts = fc.array(lines, { maxLength: 4 }).map((all) => all.join("\n"));
    const more = fc.record({ shared: fc.constant({ a: 1 }), texts: fc.array(texts) });
    const items = fc.array(fc.tuple(anyObject, more), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(items, printed, (all, style) => {
        const objects = all.map(([one, { shared, texts: own }]) => ({
          ...one,
          shared,
          again: [shared],
          own,
        }));
        const text = stringify({ apiVersion: "v1", items: objects, kind: "List" }, style);
        const whole = plainValueOf(parseYaml(text)) as { readonly items: unknown };
        assert.deepEqual(read("property.yaml", text), { objects: whole.items, flaws: [] }, text);
      }),
      { numRuns: Number(process.env["RUNS"] ?? 300) },
    );
  });

  test("may be one object, several, or several lists in one file", () => {
    assert.deepEqual(read("c.json", JSON.stringify(object("a"))).objects, [object("a")]);
    const twice = JSON.stringify(list) + JSON.stringify(object("c"));
    assert.deepEqual(read("d.json", twice).objects, [...expected, object("c")]);
    const documents = `${stringify(object("a"))}---\n${stringify(list)}`;
    assert.deepEqual(read("d.yaml", documents).objects, [object("a"), ...expected]);
  });

  test("has the kind of its items from a list that alone says it, wherever it says it", () => {
    const { apiVersion, kind: _, ...bare } = object("a");
    const items = [{ ...bare }];
    const raw = { items, kind: "ConfigMapList", apiVersion };
    assert.deepEqual(read("e.json", JSON.stringify(raw)).objects, [object("a")]);
  });

  test("may have its items within brackets, or one refer to another", () => {
    const flow =
      "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod, metadata: {name: a}}]\n";
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "a" } };
    assert.deepEqual(read("p.yaml", flow), { objects: [pod], flaws: [] });
    const aliased = `${flow.slice(0, flow.indexOf("["))}
- &a { apiVersion: v1, kind: Pod, metadata: { name: a } }
- *a
- { apiVersion: v1, kind: ConfigMap, data: { x: "c = *a & b" } }
`;
    const map = { apiVersion: "v1", kind: "ConfigMap", data: { x: "c = *a & b" } };
    assert.deepEqual(read("q.yaml", aliased), { objects: [pod, pod, map], flaws: [] });
  });

  test("may have items that refer to what stands in front of the list", () => {
    const shared =
      "x: &l { app: a }\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {labels: *l}}\n";
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { labels: { app: "a" } } };
    assert.deepEqual(read("r.yaml", `${shared}kind: List\n`), { objects: [pod], flaws: [] });
  });

  test("may be empty of objects, and holds the mark of a byte order", () => {
    const empty = JSON.stringify({ ...list, items: [] });
    assert.deepEqual(read("f.json", `\uFEFF${empty}`), { objects: [], flaws: [] });
  });

  test("keeps templates of alerts as they are", () => {
    const alert = object("a", { data: { text: "{{ $labels.pod }}" } });
    assert.deepEqual(read("g.yaml", stringify(alert)).objects, [alert]);
  });

  for (const [name, content, flaw] of [
    ["h.json", '{"kind":"List","items":[{"kind": tru}]}', "h.json:1: this is not valid JSON"],
    ["i.json", '{"kind":"List","items":[{', "i.json:1: the file ends within an object"],
    ["j.yaml", "kind: List\nitems:\n- kind: [\n", "j.yaml:3: this is not valid YAML"],
    ["k.yaml", "a: 1\n", "k.yaml:1: this is no Kubernetes object: it has no apiVersion or no kind"],
    ["l.yaml", "- a\n", "l.yaml:1: this is no object"],
    [
      "m.json",
      '{"kind":"Pod","items":[{"kind":"Pod","apiVersion":"v1"}]}',
      "m.json:1: items belong to a List, and this is Pod",
    ],
    ["n.yaml", Buffer.from([0x61, 0, 0xff]), "n.yaml:1: the file is binary"],
    [
      "o.json",
      Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
      "o.json:1: the file is not valid UTF-8",
    ],
  ] as const) {
    test(`that is broken is named with its line: ${flaw}`, () => {
      assert.deepEqual(read(name, content).flaws, [flaw]);
    });
  }

  test("that is not there is named", () => {
    const path = join(folder, "nowhere");
    const { flaws } = readDump(path, () => {});
    assert.deepEqual(flaws, [`${path} does not exist: check the path`]);
  });

  test("that is a folder without files is named", () => {
    const path = mkdtempSync(join(folder, "empty-"));
    assert.deepEqual(readDump(path, () => {}).flaws, [`${path} holds no .json or .yaml files`]);
  });
});
