import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { z } from "zod";
import { settingValues } from "../../scripts/gen/chart/setting-values.ts";
import { DERIVED_FROM, valuesSchema } from "../../scripts/gen/chart/values-schema.ts";
import { GENERATORS } from "../../scripts/gen/generate.ts";
import { ROOT } from "../../scripts/gen/rule-files.ts";
import { loadPolicy } from "../../src/config/load-policy.ts";
import type { SettingTable } from "../../src/config/setting-spec.ts";
import { GLOBAL_SETTINGS } from "../../src/config/settings-global.ts";
import { SERVE_SETTINGS } from "../../src/config/settings-serve.ts";
import { dig, type JsonObject } from "../../src/kubernetes/json.ts";
import { RULES } from "../../src/rules/index.ts";
import { mergedValues } from "../support/chart-values.ts";

const CHART = join(ROOT, "manifests/chart");
const read = (path: string) => readFileSync(join(CHART, path), "utf8");

const text = read("values.yaml");
const values = parse(text) as JsonObject;
const schema = JSON.parse(read("values.schema.json")) as JsonObject;

test("the values of the chart fit their schema, and none is left out", () => {
  // Every key of the schema is required but `global`, so nothing is known that values.yaml hides.
  assert.deepEqual(valuesSchema.safeParse(values).error?.issues, undefined);
  const required = Object.keys(valuesSchema.shape).filter((key) => key !== "global");
  assert.deepEqual(Object.keys(values).sort(), required.sort());
});

test("every setting of serve is a value of the chart, or follows from one", () => {
  const { logLevel, logFormat } = GLOBAL_SETTINGS;
  const settable = Object.keys({ ...SERVE_SETTINGS, logLevel, logFormat });
  const known = Object.keys(dig(schema, "properties", "serve", "properties") as JsonObject);
  const derived = Object.keys(DERIVED_FROM);
  assert.deepEqual([...known, ...derived].sort(), settable.sort());
  for (const value of Object.values(DERIVED_FROM)) {
    assert.notEqual(dig(values, ...value.split(".")), undefined, value);
  }
});

test("values.yaml names every setting of serve", () => {
  for (const key of Object.keys(dig(schema, "properties", "serve", "properties") as JsonObject)) {
    assert.match(text, new RegExp(`^ {2}(?:# )?${key}: `, "m"), key);
  }
});

const SAMPLES: Readonly<Record<string, readonly unknown[]>> = {
  port: [1, 8443, 65_535, 0, 65_536, 1.5, "8443", "x"],
  count: [1, 2, 0, 1.5, "2"],
  duration: ["90d", "0", "1.5h", "500ms", "90", "-1s", "5 m", ""],
  boolean: [true, false, "yes"],
  enum: ["auto", "warn", "files", "kubeconfig", "debug", "json", "else"],
  path: ["/certs", ""],
  string: ["::", ""],
  list: [["a", "b"], ["a,b"], "a"],
};

test("a value that the schema of a setting lets through is one that the command takes", () => {
  const table: SettingTable = { ...SERVE_SETTINGS, ...GLOBAL_SETTINGS };
  for (const [key, spec] of Object.entries(table)) {
    const one = settingValues({ [key]: spec }, []);
    const taken = (SAMPLES[spec.type] ?? []).filter(
      (value) => one.safeParse({ [key]: value }).success,
    );
    assert.ok(taken.length > 0, key);
    for (const value of taken) {
      const parsed = spec.parse(String(value));
      // A shortest life is the command's own to demand.
      assert.ok(parsed.ok || parsed.wanted.startsWith("at least"), `${key}: ${String(value)}`);
    }
  }
});

test("a setting that is unknown, or of another type, is refused by the schema", () => {
  for (const serve of [{ mod: "warn" }, { mode: "off" }, { port: "8443" }, { policy: "/x" }]) {
    assert.equal(valuesSchema.safeParse({ ...values, serve }).success, false);
  }
});

test("the schema judges the policy as `policy schema` does, and refuses unknown keys everywhere", () => {
  const rules = dig(schema, "properties", "policy", "properties", "spec", "properties", "rules");
  assert.deepEqual(
    Object.keys((rules as JsonObject)["properties"] as JsonObject).sort(),
    RULES.map(({ id }) => id).sort(),
  );
  assert.equal(schema["additionalProperties"], false);
  assert.equal(z.toJSONSchema(valuesSchema)["additionalProperties"], false);
});

test("the policy of the values is valid and changes nothing of the embedded one", () => {
  const shipped = loadPolicy({ text: JSON.stringify(values["policy"]), rules: RULES });
  const embedded = loadPolicy({ rules: RULES });
  assert.ok(shipped.ok && embedded.ok);
  assert.deepEqual(shipped.policy.platform, embedded.policy.platform);
});

for (const example of readdirSync(join(CHART, "examples"))) {
  test(`the example ${example} fits the schema, and its policy is valid`, () => {
    const merged = mergedValues(values, parse(read(`examples/${example}`)) as JsonObject);
    assert.deepEqual(valuesSchema.safeParse(merged).error?.issues, undefined);
    const loaded = loadPolicy({ text: JSON.stringify(merged["policy"]), rules: RULES });
    assert.ok(loaded.ok, JSON.stringify(loaded));
  });
}

test("the chart may read what the kustomize base may", () => {
  const base = readFileSync(join(ROOT, "manifests/base/21-cluster-role-view.yaml"), "utf8");
  const { rules } = parse(read("files/view-rules.yaml")) as JsonObject;
  assert.deepEqual(rules, (parse(base) as JsonObject)["rules"]);
});

test("the chart carries the version of the package", () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as JsonObject;
  const { version: chart, appVersion } = parse(read("Chart.yaml")) as JsonObject;
  assert.deepEqual([chart, appVersion], [version, version]);
});

test("generated files of the chart are named by one generator, and nothing else lies among them", async () => {
  const generator = GENERATORS.find(({ name }) => name === "chart");
  const files = [...((await generator?.files()) ?? new Map<string, string>()).keys()];
  const names = files
    .filter((path) => path.includes("/files/"))
    .map((path) => path.split("/").at(-1));
  assert.deepEqual(readdirSync(join(CHART, "files")).sort(), names.sort());
});
