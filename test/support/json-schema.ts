import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formatsPlugin from "ajv-formats";

const ROOT = join(import.meta.dirname, "../..");
const addFormats = formatsPlugin.default;

/** Fails with what the schema has against a document. */
export type SchemaCheck = (document: unknown) => void;

/** The schema of SARIF 2.1.0. */
export function sarifSchema(): SchemaCheck {
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats(ajv);
  // Draft 4, of which it uses nothing that later drafts read differently.
  const { $schema: _dialect, id: _id, ...schema } = read("test/support/schemas/sarif-2.1.0.json");
  return checkWith(ajv.compile(schema));
}

/** The published schema of our own reports. */
export function reportSchema(): SchemaCheck {
  const ajv = new Ajv2020({ allErrors: true });
  addFormats(ajv);
  return checkWith(ajv.compile(read("docs/report.schema.json")));
}

function checkWith(validate: ValidateFunction): SchemaCheck {
  return (document) => {
    validate(document);
    assert.deepEqual(validate.errors ?? [], []);
  };
}

function read(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(ROOT, path), "utf8"));
}
