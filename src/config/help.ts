import { flagOf, variableOf } from "./setting-names.ts";
import type { SettingSpec, SettingTable } from "./setting-spec.ts";
import { formatDuration } from "./setting-values.ts";
import { wrapText } from "./wrap-text.ts";

const WIDTH = 80;
const MAX_TERM = 28;

/** One of: running text, rows of a term and what it means, or lines as they are. */
export interface HelpSection {
  readonly title: string;
  readonly lines?: readonly string[];
  readonly rows?: readonly (readonly [term: string, meaning: string])[];
  readonly verbatim?: readonly string[];
}

export interface HelpOptions {
  /** Columns; default 80. */
  readonly width?: number | undefined;
  /** `keymate-guard check [PATH… | -] [flags]`. */
  readonly usage: string;
  /** What the command does, in a sentence or two. */
  readonly summary: string;
  /** More of it, in paragraphs. */
  readonly description?: readonly string[];
  /** Subcommands or actions with one line each. */
  readonly commands?: readonly (readonly [name: string, description: string])[];
  /** Default: Commands. */
  readonly commandsTitle?: string;
  /** Titled groups of flags, in the order shown. */
  readonly groups: readonly { readonly title: string; readonly table: SettingTable }[];
  readonly sections?: readonly HelpSection[];
  /** Last lines, as they are. */
  readonly notes?: readonly string[];
}

/** Text for `--help`: aligned, wrapped, defaults shown, newline at the end. */
export function helpText(options: HelpOptions): string {
  const { width = WIDTH, description = [], commands = [], commandsTitle = "Commands" } = options;
  const paragraphs = [options.summary, ...description];
  const sections = [
    `Usage: ${options.usage}`,
    ...paragraphs.map((paragraph) => wrapText(paragraph, width).join("\n")),
  ];
  if (commands.length > 0) sections.push(section(commandsTitle, commands, width));
  for (const { title, table } of options.groups) {
    const rows = Object.entries(table).map(([key, spec]) => row(key, spec));
    if (rows.length > 0) sections.push(section(title, rows, width));
  }
  for (const part of options.sections ?? []) sections.push(freeSection(part, width));
  const notes = (options.notes ?? []).flatMap((note) => wrapText(note, width));
  if (notes.length > 0) sections.push(notes.join("\n"));
  return `${sections.join("\n\n")}\n`;
}

function freeSection({ title, lines = [], rows, verbatim = [] }: HelpSection, width: number) {
  if (rows !== undefined) return section(title, rows, width);
  const wrapped = lines.flatMap((line) => wrapText(line, width - 2));
  return [`${title}:`, ...[...wrapped, ...verbatim].map((line) => `  ${line}`)].join("\n");
}

function section(
  title: string,
  rows: readonly (readonly [string, string])[],
  width: number,
): string {
  const widest = Math.max(
    ...rows.map(([term]) => term.length).filter((size) => size <= MAX_TERM),
    0,
  );
  const indent = widest + 4;
  const lines = rows.flatMap(([term, description]) => {
    const [first = "", ...rest] = wrapText(description, width - indent);
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
  const standard = shown === undefined ? "" : ` [default: ${shown}]`;
  const variable = spec.flagOnly === true ? "" : ` [env: ${variableOf(key)}]`;
  return [term, spec.description + standard + variable];
}

/** undefined where there is none to speak of. */
export function shownDefault({ type, defaultValue, defaultText }: SettingSpec): string | undefined {
  if (defaultText !== undefined) return defaultText;
  if (type === "duration" && typeof defaultValue === "number") return formatDuration(defaultValue);
  if (typeof defaultValue === "string" || typeof defaultValue === "number") {
    return String(defaultValue);
  }
  return defaultValue === true ? "true" : undefined;
}
