import { z } from "zod";
import type { Rule } from "../../src/engine/rule.ts";
import { table } from "./markdown.ts";

/** The part of JSON Schema that parameters use. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
}

/** Name, type, default and description of every parameter; nested ones by their full name. */
export function parameterTable(rule: Rule): string {
  const schema = z.toJSONSchema(rule.params, { io: "input" }) as Schema;
  const rows = rowsOf(schema, "");
  if (rows.length === 0) return "None.";
  return table(["Name", "Type", "Default", "Meaning"], rows);
}

function rowsOf(schema: Schema, prefix: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const path = `${prefix}${name}`;
    if (property.properties !== undefined) return rowsOf(property, `${path}.`);
    return [[`\`${path}\``, typeOf(property), defaultOf(property), property.description ?? ""]];
  });
}

function typeOf(schema: Schema): string {
  if (schema.enum !== undefined)
    return schema.enum.map((value) => `\`${String(value)}\``).join(", ");
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  if (typeof schema.additionalProperties === "object") {
    return `map to ${typeOf(schema.additionalProperties)}`;
  }
  return schema.type ?? "any";
}

function defaultOf(schema: Schema): string {
  if (schema.default === undefined) return "";
  const value = schema.default;
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}
