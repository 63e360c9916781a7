import { z } from "zod";
import type { Reference } from "../engine/names.ts";
import { asObject, own, ownArray, ownObject, ownString } from "../kubernetes/json.ts";
import type { CheckContext } from "./policy-checks.ts";
import type { Path } from "./problem.ts";
import { definitionOf } from "./schema-keys.ts";
import { didYouMean } from "./suggest.ts";

/** Where the policy lists what can be named. */
const LISTS: Readonly<Record<Reference, string>> = { layer: "layers", component: "components" };

/**
 * Reports layers and components that the user's parameters name and the policy does not hold: a
 * misspelt one would silence the rule. Defaults are left alone, since not every policy has them all.
 */
export function checkReferences(context: CheckContext): void {
  const written = ownObject(ownObject(context.user, "spec"), "rules");
  for (const { id, params } of context.rules) {
    const value = own(ownObject(written, id), "params");
    checkValue(context, params, value, ["spec", "rules", id, "params"]);
  }
}

function checkValue(
  context: CheckContext,
  schema: z.core.$ZodType,
  value: unknown,
  path: Path,
): void {
  const kind = z.globalRegistry.get(schema)?.["references"];
  if (typeof value === "string" && isReference(kind)) checkName(context, kind, value, path);
  const { element, shape } = definitionOf(schema);
  if (element !== undefined && Array.isArray(value)) {
    for (const [index, item] of value.entries())
      checkValue(context, element, item, [...path, index]);
  }
  for (const [key, inner] of Object.entries(shape ?? {})) {
    checkValue(context, inner, own(asObject(value), key), [...path, key]);
  }
}

function isReference(kind: unknown): kind is Reference {
  return typeof kind === "string" && Object.hasOwn(LISTS, kind);
}

function checkName(
  { merged, report }: CheckContext,
  kind: Reference,
  name: string,
  path: Path,
): void {
  const list = LISTS[kind];
  const entries = ownArray(ownObject(merged, "spec"), list);
  const names = entries.flatMap((entry) => ownString(asObject(entry), "name") ?? []);
  if (names.includes(name)) return;
  const hint = didYouMean(name, names);
  report(path, `names the ${kind} ${name}, which spec.${list} does not hold${hint}`);
}
