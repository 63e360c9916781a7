import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import fastJsonPatch from "fast-json-patch";
import { stringify } from "yaml";
import { fixFiles } from "../../../src/adapters/files/fix-files.ts";
import { reloadFiles } from "../../../src/adapters/files/load.ts";
import { planFixes } from "../../../src/usecases/check-files.ts";
import { policyWith } from "../../support/policy.ts";
import { read } from "./workspace.ts";

const SETTINGS = { policy: policyWith(), now: 0, namespace: "platform-application", state: [] };

const quantities = fc.record(
  { cpu: fc.constantFrom("100m", "1", 2), memory: fc.constantFrom("64Mi", "1Gi") },
  { requiredKeys: [] },
);
const resources = fc.oneof(
  fc.constant({}),
  fc.constant(null),
  fc.record({ requests: quantities, limits: quantities }, { requiredKeys: [] }),
);
const container = fc.record(
  {
    name: fc.constantFrom("a", "b", "c"),
    image: fc.constantFrom("r/x:1", "host:5000/y"),
    args: fc.array(fc.constantFrom("one", "two\nlines\n", "# no comment", "key: value", "")),
    resources,
    env: fc.array(fc.record({ name: fc.constant("X"), value: fc.string() }), { maxLength: 2 }),
  },
  { requiredKeys: ["name"] },
);
const labels = fc.dictionary(
  fc.constantFrom("app", "x/y", "policy.keymate.io/component"),
  fc.constantFrom("a", "none"),
);
const manifest = fc.record({
  apiVersion: fc.constant("apps/v1"),
  kind: fc.constantFrom("Deployment", "StatefulSet"),
  metadata: fc.record({ name: fc.constant("api"), labels }, { requiredKeys: ["name"] }),
  spec: fc.record({
    template: fc.record(
      {
        metadata: fc.record({ labels }, { requiredKeys: [] }),
        spec: fc.record(
          {
            containers: fc.array(container, { minLength: 1, maxLength: 3 }),
            initContainers: fc.array(container, { maxLength: 2 }),
          },
          { requiredKeys: ["containers"] },
        ),
      },
      { requiredKeys: ["spec"] },
    ),
  }),
});

type Manifest = typeof manifest extends fc.Arbitrary<infer T> ? T : never;

/** The ways in which people and tools write the same objects. */
const STYLES: Readonly<Record<string, (objects: Manifest[]) => string>> = {
  "YAML stream": (objects) => objects.map((o) => stringify(o)).join("---\n"),
  "four blanks": (objects) => stringify(objects[0], { indent: 4 }),
  "sequences not indented": (objects) =>
    objects.map((o) => stringify(o, { indentSeq: false })).join("---\n"),
  "flow style": (objects) => stringify(objects[0], { collectionStyle: "flow" }),
  "block List": (objects) =>
    stringify({ apiVersion: "v1", kind: "List", items: objects }, { aliasDuplicateObjects: false }),
  JSON: (objects) => JSON.stringify(objects[0], null, 2),
  "compact JSON": (objects) => JSON.stringify(objects[0]),
  "JSON List with tabs": (objects) =>
    `${JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }, null, "\t")}\n`,
};

const comments = (text: string) =>
  text.replaceAll(/\n( *)((?:- )?[a-z]+:)/gi, "\n$1# about it\n$1$2");

for (const [style, write] of Object.entries(STYLES)) {
  test(`fixing adds what admission would add and nothing else, and once is enough: ${style}`, () => {
    fc.assert(
      fc.property(
        fc.array(manifest, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        fc.boolean(),
        (objects, crlf, commented) => {
          let text = write(objects);
          if (
            commented &&
            !style.includes("JSON") &&
            !style.includes("flow") &&
            !text.includes("|")
          )
            text = comments(text);
          if (crlf && !text.includes("|")) text = text.replaceAll("\n", "\r\n");
          const loaded = read(text);
          const planned = planFixes(loaded, SETTINGS);
          const { changes, refused, applied } = fixFiles(planned);
          assert.deepEqual(refused, []);
          assert.equal(applied, planned.flatMap(({ patch }) => patch).length);
          const [change] = changes;
          if (change === undefined) return;
          const again = reloadFiles(loaded, new Map([[change.file, change.after]]));
          assert.deepEqual(planFixes(again, SETTINGS), []);
          const expected = loaded.objects.map(({ object }) => {
            const plan = planned.find((entry) => entry.object.object === object);
            return fastJsonPatch.applyPatch(
              structuredClone(object),
              structuredClone([...(plan?.patch ?? [])]),
            ).newDocument;
          });
          assert.deepEqual(
            again.objects.map(({ object }) => object),
            expected,
          );
          assertOnlyAdded(text, change.after);
        },
      ),
      { numRuns: 150 },
    );
  });
}

/** Every character stays, in its order; only an empty value may give way to what fills it. */
function assertOnlyAdded(before: string, after: string): void {
  const kept = before.replaceAll(/[ ]*(?:\{\}|\bnull\b)/g, "");
  let at = 0;
  for (const char of after) if (char === kept[at]) at++;
  assert.equal(kept.slice(at), "", after);
}
