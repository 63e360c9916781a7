import type { z } from "zod";
import type { Mistake, Path } from "./problem.ts";
import { keysAt } from "./schema-keys.ts";
import { didYouMean } from "./suggest.ts";

type Issue = z.core.$ZodIssue;

/** Everything that a schema finds wrong with a value, in words for the author of the file. */
export function schemaMistakes(schema: z.ZodType, value: unknown, prefix: Path = []): Mistake[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  return result.error.issues.flatMap((issue) => toMistakes(issue, { schema, value, prefix }));
}

interface Context {
  readonly schema: z.ZodType;
  readonly value: unknown;
  readonly prefix: Path;
}

function toMistakes(issue: Issue, context: Context): Mistake[] {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  const place = [...context.prefix, ...path];
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(context.schema, path) ?? [];
    return issue.keys.map((key) => unknownField([...place, key], key, known));
  }
  if (issue.code === "invalid_union" && issue.message === "Invalid input") {
    const branch = deepestBranch(issue.errors);
    if (branch !== undefined) {
      const nested = branch.map((inner) => ({ ...inner, path: [...path, ...inner.path] }));
      return nested.flatMap((inner) => toMistakes(inner, context));
    }
  }
  return [{ path: place, message: describe(issue, valueAt(context.value, path)) }];
}

export function unknownField(path: Path, key: string, known: readonly string[]): Mistake {
  return { path, message: `is not a known field${didYouMean(key, known)}` };
}

/** The alternative that got furthest is the one that was meant. */
function deepestBranch(branches: readonly Issue[][]): Issue[] | undefined {
  const depth = (issues: readonly Issue[]) => Math.max(0, ...issues.map(({ path }) => path.length));
  const deep = branches.filter((issues) => depth(issues) > 0);
  return deep.sort((left, right) => depth(right) - depth(left))[0];
}

function describe(issue: Issue, found: unknown): string {
  if (issue.code === "invalid_type" || issue.code === "invalid_value") {
    if (found === undefined) return "is required";
    if (found === null) return "is empty: give it a value or remove it";
  }
  switch (issue.code) {
    case "invalid_type":
      return `must be ${typeWords[issue.expected] ?? issue.expected}, found ${show(found)}`;
    case "invalid_value":
      return describeChoice(issue.values.map(String), found);
    case "invalid_key":
      return issue.issues[0]?.message ?? issue.message;
    case "too_small":
      if (issue.origin !== "number" && issue.origin !== "int") return lower(issue.message);
      return `must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}, found ${show(found)}`;
    case "too_big":
      if (issue.origin !== "number" && issue.origin !== "int") return lower(issue.message);
      return `must be ${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}, found ${show(found)}`;
    default:
      return found === undefined ? "is required" : `${lower(issue.message)}, found ${show(found)}`;
  }
}

function describeChoice(values: readonly string[], found: unknown): string {
  const wanted = values.length === 1 ? values[0] : `one of ${values.join(", ")}`;
  const hint = typeof found === "string" && values.length > 1 ? didYouMean(found, values) : "";
  return `must be ${wanted}, found ${show(found)}${hint}`;
}

const typeWords: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
};

/** Long values are cut: they are named to be found, not to be read. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a map";
  if (typeof value === "string") return JSON.stringify(cut(value));
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "nothing";
}

function cut(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}

function lower(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

function valueAt(value: unknown, path: Path): unknown {
  let at: unknown = value;
  for (const part of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string | number, unknown>)[part];
  }
  return at;
}
