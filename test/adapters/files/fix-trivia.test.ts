import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fixFiles } from "../../../src/adapters/files/fix-files.ts";
import { reloadFiles } from "../../../src/adapters/files/load.ts";
import { checkFiles, planFixes } from "../../../src/usecases/check-files.ts";
import { policyWith } from "../../support/policy.ts";
import { read } from "./workspace.ts";

const SETTINGS = { policy: policyWith(), now: 0, namespace: "platform-application", state: [] };

/** Lines that end a container in a way that is hard to write behind; `RES` are its resources. */
const CONTAINERS: readonly (readonly string[])[] = [
  ["- name: one", "  image: r/x:1"],
  ["- image: r/x:1", "  name: one"],
  ["-", "  name: one", "  resources: {}"],
  ["- {name: one, image: r/x:1}"],
  ["- {name: one,", "   resources: {limits: {cpu: 1}},", "   image: r/x:1}"],
  [
    "- name: one",
    "  args:",
    "  - |",
    "    # no comment",
    "    text",
    "  - >-",
    "    folded",
    "    text",
  ],
  ["- name: one", "  workingDir: |+", "    kept", ""],
  ["- name: one", '  workingDir: "two', '    lines"'],
  ["- name: one", "  workingDir: plain", "    and long"],
  ["- name: one", "  resources:", "    limits:", "      memory: 1Gi", "  image: r/x:1"],
  ["- name: one", "  resources:", "    requests: {}", "    limits: {memory: 1Gi}"],
  [
    "- name: one",
    "  resources: &r1",
    "    limits: {memory: 1Gi}",
    "- name: two",
    "  resources: *r1",
  ],
  ["- &c", "  name: one", "- <<: *c", "  name: two"],
  ["- name: one", "  resources: null"],
  ["- name: one", "  resources:", "  image: r/x:1"],
  ["- 'name': one", '  "image": r/x:1'],
];

const LABELS = [
  "",
  "  labels: {}",
  "  labels:",
  "  labels: {a: b,}",
  "  labels:\n    a: b",
  "  annotations:\n    a: |\n      b",
];

/** What may stand between two lines; a comment at any depth belongs to nobody for sure. */
const between = fc.constantFrom(
  "",
  "",
  "",
  "\n",
  "# c",
  "      # c",
  "                  # c",
  "   ",
);
const behind = fc.constantFrom("", "", "", " # c", "  ", "\t# c", " #");

const manifest = fc
  .record({
    container: fc.constantFrom(...CONTAINERS),
    labels: fc.constantFrom(...LABELS),
    indent: fc.constantFrom("      ", "        "),
    trivia: fc.array(fc.tuple(between, behind), { minLength: 30, maxLength: 30 }),
    after: fc.constantFrom("", "  replicas: 2", "# end", "...", "---\n# nothing"),
  })
  .map(({ container, labels, indent, trivia, after }) => {
    const lines = [
      ...["apiVersion: apps/v1", "kind: Deployment", "metadata:", "  name: api"],
      ...labels.split("\n").filter((line) => line !== ""),
      ...["spec:", "  template:", "    spec:", "      containers:"],
    ];
    const head = lines.map((line, index) => decorated(line, trivia[index]));
    const body = container.map((line) => (line === "" ? "" : indent + line));
    return [...head, ...body, after].join("\n");
  });

function decorated(line: string, [above, behind]: [string, string] = ["", ""]): string {
  const isText = line.endsWith("|") || line.trim() === "b";
  const comment = above === "" || line.trim() === "b" ? "" : `${above}\n`;
  return comment + line + (isText ? "" : behind);
}

const stream = fc
  .record({
    manifests: fc.array(manifest, { minLength: 1, maxLength: 3 }),
    crlf: fc.boolean(),
    lastLine: fc.constantFrom("", "\n", "\n\n", "\n# the end"),
  })
  .map(({ manifests, crlf, lastLine }) => {
    const text = manifests.join("\n---\n# Source: chart/templates/x.yaml\n") + lastLine;
    return crlf ? text.replaceAll("\n", "\r\n") : text;
  });

test("a fix keeps every character, is complete at once, and silences what it fills", () => {
  fc.assert(
    fc.property(stream, (text) => {
      const loaded = read(text);
      assert.deepEqual(loaded.problems, []);
      const { changes, refused } = fixFiles(planFixes(loaded, SETTINGS));
      const after = changes[0]?.after ?? text;
      assertOnlyAdded(text, after);
      const again = changes[0] ? reloadFiles(loaded, new Map([[changes[0].file, after]])) : loaded;
      assert.deepEqual(again.problems, []);
      assert.equal(again.objects.length, loaded.objects.length);
      assert.deepEqual(fixFiles(planFixes(again, SETTINGS)).changes, []);
      const left = checkFiles(again, SETTINGS).report.findings.filter(({ fixable }) => fixable);
      if (refused.length === 0) assert.deepEqual(left, []);
      else assert.match(text, /&r1/, "only what an anchor shares is left to people");
    }),
    { numRuns: 150 },
  );
});

/** Every character stays, in its order; only an empty value may give way to what fills it. */
function assertOnlyAdded(before: string, after: string): void {
  const kept = before.replaceAll(/[ \t]*(?:\{\}|\bnull\b)/g, "");
  let at = 0;
  for (const char of after) if (char === kept[at]) at++;
  assert.equal(kept.slice(at), "", after);
}
