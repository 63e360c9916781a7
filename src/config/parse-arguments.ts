import { parseArgs } from "node:util";
import { flagOf, keyOf } from "./setting-names.ts";
import type { SettingTable } from "./setting-spec.ts";
import { didYouMean } from "./suggest.ts";

/** Flags by key, as text and in the order given; nothing is checked beyond their names. */
export interface ParsedArguments {
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
  /** Unknown flags, missing values, surplus arguments: one sentence each. */
  readonly problems: readonly string[];
}

export interface ArgumentOptions {
  /** How many arguments that are no flags the command takes; default: any number. */
  readonly maxPositionals?: number;
}

type Token = NonNullable<ReturnType<typeof tokenize>>[number];
type OptionToken = Extract<Token, { kind: "option" }>;

interface Reading {
  readonly table: SettingTable;
  readonly flags: Map<string, string[]>;
  readonly positionals: string[];
  readonly problems: string[];
}

/** Reads `--flag value`, `--flag=value`, `--no-flag`, `--flag true|false`, `-h`, `-v` and `--`. */
export function parseArguments(
  argv: readonly string[],
  table: SettingTable,
  options: ArgumentOptions = {},
): ParsedArguments {
  const reading: Reading = { table, flags: new Map(), positionals: [], problems: [] };
  const tokens = tokenize(argv, table);
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.kind === "positional") reading.positionals.push(token.value);
    if (token?.kind !== "option") continue;
    const next = tokens[at + 1];
    const text = next?.kind === "positional" && next.index === token.index + 1 ? next.value : "";
    if (readOption(reading, token, text)) at++;
  }
  // Behind an unknown flag nobody knows what is its value and what an argument.
  if (reading.problems.length === 0) {
    for (const extra of reading.positionals.slice(options.maxPositionals ?? argv.length)) {
      reading.problems.push(`unexpected argument ${JSON.stringify(extra)}`);
    }
  }
  return reading;
}

function tokenize(argv: readonly string[], table: SettingTable) {
  const shorts: Readonly<Record<string, string>> = { help: "h", version: "v" };
  const options = Object.entries(table).map(([key, { type }]) => {
    const short = shorts[key];
    const kind: "boolean" | "string" = type === "boolean" ? "boolean" : "string";
    return [
      flagOf(key).slice(2),
      { type: kind, ...(short === undefined ? {} : { short }) },
    ] as const;
  });
  return parseArgs({
    args: [...argv],
    options: Object.fromEntries(options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens;
}

/** Whether the argument behind the flag was its value. */
function readOption(reading: Reading, token: OptionToken, next: string): boolean {
  const { table, problems } = reading;
  const key = keyOf(token.name);
  const isKnown = Object.hasOwn(table, key) && flagOf(key) === `--${token.name}`;
  const setting = isKnown ? table[key] : undefined;
  if (setting === undefined) {
    const negated = negatedKey(token, table);
    if (negated === undefined) problems.push(unknownFlag(token.rawName, table));
    else put(reading, negated, "false");
    return false;
  }
  if (setting.type === "boolean") {
    const takesNext = token.value === undefined && (next === "true" || next === "false");
    put(reading, key, token.value ?? (takesNext ? next : "true"));
    return takesNext;
  }
  if (token.value === undefined) problems.push(`${token.rawName} needs a value`);
  else if (token.inlineValue === false && looksLikeFlag(token.value)) {
    problems.push(`${token.rawName} needs a value, found the flag ${token.value}`);
  } else put(reading, key, token.value);
  return false;
}

/** The switch that `--no-…` turns off. */
function negatedKey({ name, value }: OptionToken, table: SettingTable): string | undefined {
  if (!name.startsWith("no-") || value !== undefined) return undefined;
  const key = keyOf(name.slice(3));
  return Object.hasOwn(table, key) && table[key]?.type === "boolean" ? key : undefined;
}

function unknownFlag(name: string, table: SettingTable): string {
  return `${name} is not a flag of this command${didYouMean(name, Object.keys(table).map(flagOf))}`;
}

function looksLikeFlag(text: string): boolean {
  return /^--?[A-Za-z]/.test(text);
}

function put({ flags }: Reading, key: string, text: string): void {
  flags.set(key, [...(flags.get(key) ?? []), text]);
}
