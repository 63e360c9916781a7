import { z } from "zod";
import type { Rule } from "../../engine/rule.ts";

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

export interface Parameter {
  /** Nested ones by their full name: `requests.cpu`. */
  readonly name: string;
  /** `integer`, `list of string`, `enforce | warn`. */
  readonly type: string;
  readonly default: unknown;
  readonly description: string;
}

/** Every parameter of a rule, as its schema has it. */
export function parametersOf(rule: Rule): readonly Parameter[] {
  return rowsOf(z.toJSONSchema(rule.params, { io: "input" }) as Schema, "");
}

/** How a default is shown; "" for none. */
export function defaultText({ default: value }: Parameter): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function rowsOf(schema: Schema, prefix: string): Parameter[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const name = `${prefix}${key}`;
    if (property.properties !== undefined) return rowsOf(property, `${name}.`);
    const { default: value, description = "" } = property;
    return [{ name, type: typeOf(property), default: value, description }];
  });
}

function typeOf(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map(String).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(" | ");
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  if (typeof schema.additionalProperties === "object") {
    return `map to ${typeOf(schema.additionalProperties)}`;
  }
  return schema.type ?? "any";
}
