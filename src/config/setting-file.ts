import { asObject } from "../kubernetes/json.ts";
import { showPath } from "./problem.ts";
import { show } from "./schema-mistakes.ts";
import { describeOrigin, type Origin, type SettingCandidate } from "./setting-origin.ts";
import type { SettingSpec, SettingTable } from "./setting-spec.ts";
import { didYouMean } from "./suggest.ts";
import { readYaml } from "./yaml-source.ts";

export interface FileReading {
  readonly candidates: readonly SettingCandidate[];
  readonly problems: readonly string[];
}

/** Reads the `--config` file: a YAML map from keys to values. An empty file sets nothing. */
export function readSettingsFile(
  file: { readonly path: string; readonly text: string } | undefined,
  table: SettingTable,
  known: ReadonlySet<string>,
): FileReading {
  if (file === undefined) return { candidates: [], problems: [] };
  const yaml = readYaml(file.text);
  const candidates: SettingCandidate[] = [];
  const problems = yaml.mistakes.map(({ path, message, at }) => {
    const { line } = at ?? yaml.locate(path);
    return `${file.path}:${line}: ${showPath(path) || "the file"} ${message}`;
  });
  const settings = asObject(yaml.value);
  if (settings === undefined && yaml.value !== undefined && yaml.value !== null) {
    problems.push(`${file.path}:1: the file must be a map of settings, found ${show(yaml.value)}`);
  }
  const names = [...known, ...Object.keys(table)].filter((key) => isFileKey(table, key));
  for (const [key, value] of Object.entries(settings ?? {})) {
    const origin: Origin = { kind: "file", file: file.path, line: yaml.locate([key]).line };
    const spec = Object.hasOwn(table, key) ? table[key] : undefined;
    if (!names.includes(key)) {
      const hint = didYouMean(key, names);
      problems.push(`${describeOrigin({ key, origin })} is not a setting of a file${hint}`);
    } else if (spec !== undefined) {
      const text = textOf(spec, value);
      if (text !== undefined) candidates.push({ key, text, origin });
      else
        problems.push(
          `${describeOrigin({ key, origin })} must be ${wants(spec)}, found ${show(value)}`,
        );
    }
  }
  return { candidates, problems };
}

/** A file cannot name another file, nor ask for help. */
function isFileKey(table: SettingTable, key: string): boolean {
  return key !== "config" && !(Object.hasOwn(table, key) && table[key]?.flagOnly === true);
}

function wants(spec: SettingSpec): string {
  return spec.type === "list" ? "a list of text without commas" : "a single value";
}

/** Scalars as a flag would carry them; lists joined as in the environment. */
function textOf(spec: SettingSpec, value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (spec.type !== "list" || !Array.isArray(value)) return undefined;
  const items: readonly unknown[] = value;
  const texts = items.flatMap((item) =>
    typeof item === "string" && !item.includes(",") ? item : [],
  );
  return texts.length === items.length ? texts.join(",") : undefined;
}
