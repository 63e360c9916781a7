import assert from "node:assert/strict";
import test from "node:test";
import { schemaText, validation } from "../../../src/cli/commands/policy.ts";
import { RULES } from "../../../src/rules/index.ts";

const HEAD = "apiVersion: policy.keymate.io/v1alpha1\nkind: PlatformPolicy\n";

test("policy validate names every mistake of every file with its line", () => {
  const files = [
    { name: "a.yaml", text: `${HEAD}spec: {unlayered: on}\n` },
    { name: "b.yaml", text: HEAD },
    { name: "c.yaml", text: "kind: Pod\n" },
  ];
  const { text, valid } = validation(files, RULES, 0);
  assert.equal(valid, false);
  const lines = text.replace(/@[0-9a-f]{12}/, "@…");
  assert.equal(
    lines,
    `a.yaml:3:8: spec.unlayered must be one of enforce, warn, audit, off, found "on"
b.yaml: valid, keymate@…
c.yaml:1:1: apiVersion is required
c.yaml:1:1: kind must be PlatformPolicy, found "Pod"
`,
  );
});

test("policy validate warns of an expired override and still calls the file valid", () => {
  const spec = "spec: {overrides: [{rules: [res-zero], mode: warn, until: 2027-03-31}]}\n";
  const { text, valid } = validation(
    [{ name: "a.yaml", text: HEAD + spec }],
    RULES,
    Date.UTC(2028),
  );
  assert.equal(valid, true);
  assert.match(text, /^a\.yaml: warning: spec\.overrides\[0\] ended on 2027-03-31/);
});

test("policy schema prints JSON that names every rule", () => {
  const text = schemaText(RULES);
  assert.equal(typeof JSON.parse(text), "object");
  for (const { id } of RULES) assert.ok(text.includes(`"${id}"`), id);
});
