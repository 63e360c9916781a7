import { flagOf } from "./setting-names.ts";
import type { SettingSpec, SettingTable } from "./setting-spec.ts";
import { formatDuration } from "./setting-values.ts";
import { wrapText } from "./wrap-text.ts";

const WIDTH = 80;
const MAX_TERM = 28;

export interface HelpOptions {
  /** `keymate-guard check [PATH… | -] [flags]`. */
  readonly usage: string;
  /** What the command does, in a sentence or two. */
  readonly summary: string;
  /** Subcommands or arguments with one line each. */
  readonly commands?: readonly (readonly [name: string, description: string])[];
  /** Titled groups of flags, in the order shown. */
  readonly groups: readonly { readonly title: string; readonly table: SettingTable }[];
  /** Last lines, as they are. */
  readonly notes?: readonly string[];
}

/** Text for `--help`: aligned, at most 80 columns, defaults shown, newline at the end. */
export function helpText(options: HelpOptions): string {
  const sections = [`Usage: ${options.usage}`, wrapText(options.summary, WIDTH).join("\n")];
  const commands = options.commands ?? [];
  if (commands.length > 0) sections.push(section("Commands", commands));
  for (const { title, table } of options.groups) {
    const rows = Object.entries(table).map(([key, spec]) => row(key, spec));
    if (rows.length > 0) sections.push(section(title, rows));
  }
  const notes = (options.notes ?? []).flatMap((note) => wrapText(note, WIDTH));
  if (notes.length > 0) sections.push(notes.join("\n"));
  return `${sections.join("\n\n")}\n`;
}

function section(title: string, rows: readonly (readonly [string, string])[]): string {
  const widest = Math.max(
    ...rows.map(([term]) => term.length).filter((size) => size <= MAX_TERM),
    0,
  );
  const indent = widest + 4;
  const lines = rows.flatMap(([term, description]) => {
    const [first = "", ...rest] = wrapText(description, WIDTH - indent);
    const more = rest.map((line) => " ".repeat(indent) + line);
    // A long term stands alone, so that it does not push every description to the right.
    if (term.length > widest) return [`  ${term}`, " ".repeat(indent) + first, ...more];
    return [`  ${term.padEnd(widest)}  ${first}`.trimEnd(), ...more];
  });
  return `${title}:\n${lines.join("\n")}`;
}

function row(key: string, spec: SettingSpec): readonly [string, string] {
  const names: Readonly<Record<string, string>> = { help: "-h, --help", version: "-v, --version" };
  const term = `${names[key] ?? flagOf(key)} ${spec.placeholder}`.trim();
  const shown = shownDefault(spec);
  return [term, spec.description + (shown === undefined ? "" : ` [default: ${shown}]`)];
}

function shownDefault({ type, defaultValue, defaultText }: SettingSpec): string | undefined {
  if (defaultText !== undefined) return defaultText;
  if (type === "duration" && typeof defaultValue === "number") return formatDuration(defaultValue);
  if (typeof defaultValue === "string" || typeof defaultValue === "number") {
    return String(defaultValue);
  }
  return defaultValue === true ? "true" : undefined;
}
