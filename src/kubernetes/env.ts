import { asArray, asObject, type JsonObject, own, ownString } from "./json.ts";
import { item, type Location } from "./location.ts";

/** One EnvVar of a container. */
export interface EnvVar {
  readonly name: string;
  /** Written here; undefined for `valueFrom`. */
  readonly value: string | undefined;
  readonly location: Location;
}

export interface Env {
  /** As written; of several with one name the last one counts. */
  readonly variables: readonly EnvVar[];
  /** Whole ConfigMaps or Secrets are taken over: names that are not written here may exist. */
  readonly hasEnvFrom: boolean;
}

/** The `env` of a container, or of a custom resource with a list like it. */
export function envOf(holder: JsonObject, listLocation: Location, list = "env"): Env {
  const variables: EnvVar[] = [];
  const entries = asArray(own(holder, list)) ?? [];
  for (let index = 0; index < entries.length; index++) {
    const entry = asObject(entries[index]);
    const name = ownString(entry, "name");
    if (entry === undefined || name === undefined) continue;
    const value = ownString(entry, "value");
    variables.push({ name, value, location: item(listLocation, index, name) });
  }
  return { variables, hasEnvFrom: (asArray(own(holder, "envFrom")) ?? []).length > 0 };
}

/** The variables that the process sees: a later one of the same name replaces an earlier one. */
export function effectiveVariables({ variables }: Env): readonly EnvVar[] {
  const byName = new Map(variables.map((variable) => [variable.name, variable]));
  return byName.size === variables.length ? variables : [...byName.values()];
}

/**
 * Whether `$(name)` in a value is resolved by a reference. Only variables written before it are
 * expanded there; `before` undefined: all of them are, as in command and args.
 */
export function isFromElsewhere(env: Env, name: string, before?: EnvVar): boolean {
  let found: EnvVar | undefined;
  for (const variable of env.variables) {
    if (variable === before) break;
    if (variable.name === name) found = variable;
  }
  return found === undefined ? env.hasEnvFrom : !isWritten(found);
}

function isWritten({ value }: EnvVar): boolean {
  return value !== undefined && value !== "";
}
