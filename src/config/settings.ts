import { readEnvironment } from "./setting-environment.ts";
import { readSettingsFile } from "./setting-file.ts";
import { flagOf, variableOf } from "./setting-names.ts";
import { describeOrigin, type Origin, type SettingCandidate } from "./setting-origin.ts";
import type { SettingTable, SettingValues } from "./setting-spec.ts";
import { KNOWN_KEYS } from "./settings-all.ts";

export interface SettingSources {
  /** From `parseArguments`. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Contents of the `--config` file. */
  readonly file?: { readonly path: string; readonly text: string } | undefined;
}

export type ResolvedSettings<S extends SettingTable> =
  | {
      readonly ok: true;
      readonly values: SettingValues<S>;
      readonly origins: Readonly<Record<keyof S, Origin>>;
      /** For the debug log: what was ignored and why. */
      readonly notes: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly string[]; readonly notes: readonly string[] };

/** Defaults < file < environment < flags. A wrong value is reported even where another one wins. */
export function resolveSettings<S extends SettingTable>(
  table: S,
  sources: SettingSources,
): ResolvedSettings<S> {
  const file = readSettingsFile(sources.file, table, KNOWN_KEYS);
  const environment = readEnvironment(sources.environment, table, KNOWN_KEYS);
  const problems = [...file.problems, ...environment.problems];
  const candidates = [
    ...file.candidates,
    ...environment.candidates,
    ...fromFlags(sources.flags, table),
  ];
  const values: Record<string, unknown> = {};
  const origins: Record<string, Origin> = {};
  for (const [key, spec] of Object.entries(table)) {
    values[key] = spec.defaultValue;
    origins[key] = { kind: "default" };
    for (const candidate of candidates.filter((one) => one.key === key)) {
      const parsed = spec.parse(candidate.text);
      if (parsed.ok) {
        values[key] = parsed.value;
        origins[key] = candidate.origin;
      } else {
        const found = JSON.stringify(candidate.text);
        problems.push(`${describeOrigin(candidate)} must be ${parsed.wanted}, found ${found}`);
      }
    }
  }
  const { notes } = environment;
  if (problems.length > 0) return { ok: false, problems, notes };
  return {
    ok: true,
    values: values as SettingValues<S>,
    origins: origins as Record<keyof S, Origin>,
    notes,
  };
}

/** Where the settings file is, which has to be read before anything else; undefined: there is none. */
export function configFileOf(
  sources: Pick<SettingSources, "flags" | "environment">,
): { readonly path: string; readonly origin: Origin } | undefined {
  const fromFlag = sources.flags.get("config")?.at(-1);
  if (fromFlag !== undefined) {
    return { path: fromFlag, origin: { kind: "flag", flag: flagOf("config") } };
  }
  const variable = variableOf("config");
  const path = sources.environment[variable];
  if (path === undefined || path === "") return undefined;
  return { path, origin: { kind: "environment", variable } };
}

/** The last of several equal flags wins; lists keep them all. */
function fromFlags(flags: SettingSources["flags"], table: SettingTable): SettingCandidate[] {
  return [...flags].flatMap(([key, texts]) => {
    const origin: Origin = { kind: "flag", flag: flagOf(key) };
    const isList = Object.hasOwn(table, key) && table[key]?.type === "list";
    const given = isList ? [texts.join(",")] : texts;
    return given.map((text) => ({ key, text, origin }));
  });
}
