import type { z } from "zod";
import type { Path } from "./problem.ts";

/** The parts of a zod definition that lead from a schema to what is inside it. */
interface Definition {
  readonly type?: string;
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly catchall?: z.core.$ZodType;
}

/** Field names that a schema knows at a path; undefined where any name goes. */
export function keysAt(schema: z.core.$ZodType, path: Path = []): readonly string[] | undefined {
  const shape = shapeAt(schema, path);
  return shape === undefined ? undefined : Object.keys(shape);
}

/** Whether unknown fields would be dropped in silence: a plain `z.object`. */
export function dropsUnknownKeys(schema: z.core.$ZodType): boolean {
  const definition = definitionOf(schema);
  return definition.type === "object" && definition.catchall === undefined;
}

function shapeAt(schema: z.core.$ZodType, path: Path): Definition["shape"] {
  let definition = definitionOf(schema);
  for (const part of path) {
    const next =
      typeof part === "number"
        ? definition.element
        : (definition.shape?.[part] ?? definition.valueType);
    if (next === undefined) return undefined;
    definition = definitionOf(next);
  }
  return definition.shape;
}

/** What is inside: looks through optional, default, pipe and the like. */
export function definitionOf(schema: z.core.$ZodType): Definition {
  let definition: Definition = schema._zod.def as Definition;
  for (;;) {
    const inner = definition.innerType ?? definition.in;
    if (inner === undefined) return definition;
    definition = inner._zod.def as Definition;
  }
}
