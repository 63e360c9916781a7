import { flagOf } from "../../config/setting-names.ts";
import type { SettingSpec } from "../../config/setting-spec.ts";
import { GLOBAL_SETTINGS } from "../../config/settings-global.ts";
import type { Rule } from "../../engine/rule.ts";
import type { Command } from "../command.ts";

/** What may stand at one place: words to choose from, a path, or what only the user knows. */
export type Candidates =
  | { readonly kind: "words"; readonly words: readonly Word[] }
  | { readonly kind: "files" | "folders" | "anything" | "nothing" };

export interface Word {
  readonly text: string;
  /** For shells that show it; may be empty. */
  readonly summary: string;
}

export interface CompletedFlag {
  /** `--fail-on` */
  readonly name: string;
  readonly summary: string;
  /** `nothing` for a switch. */
  readonly value: Candidates;
  readonly repeats: boolean;
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly CompletedFlag[];
  /** The first argument that is no flag. */
  readonly first: Candidates;
  /** Those behind it, by the first; `""` stands for any other. */
  readonly others: ReadonlyMap<string, Candidates>;
}

const NOTHING: Candidates = { kind: "nothing" };

/** What a shell has to know, from the tables that --help is made of. */
export function completedCommands(
  commands: readonly Command[],
  rules: readonly Rule[],
): readonly CompletedCommand[] {
  const own = commands.map((command) => completed(command, rules));
  const names = commands.map(({ name, summary }) => ({ text: name, summary }));
  const help: CompletedCommand = {
    name: "help",
    summary: "Explain a command",
    flags: [],
    first: { kind: "words", words: names },
    others: new Map(),
  };
  return [...own, help];
}

function completed(command: Command, rules: readonly Rule[]): CompletedCommand {
  const { name, summary, table, actions, operands } = command;
  const flags = Object.entries({ ...table, ...GLOBAL_SETTINGS }).map(([key, spec]) => ({
    name: flagOf(key),
    summary: spec.description,
    value: candidatesOf(spec),
    repeats: spec.type === "list",
  }));
  if (actions === undefined) {
    const first = operandsOf(operands, rules);
    const others = new Map(operands === "rule" ? [] : [["", first] as const]);
    return { name, summary, flags, first, others };
  }
  const words = actions.map((action) => ({ text: action.name, summary: action.summary }));
  const others = new Map(
    actions.map((action) => [action.name, operandsOf(action.operands, rules)] as const),
  );
  return { name, summary, flags, first: { kind: "words", words }, others };
}

function operandsOf(operands: Command["operands"], rules: readonly Rule[]): Candidates {
  if (operands === "files") return { kind: "files" };
  if (operands === "text") return { kind: "anything" };
  if (operands === "none") return NOTHING;
  return { kind: "words", words: rules.map(({ id, title }) => ({ text: id, summary: title })) };
}

function candidatesOf({ type, values, defaultValue, placeholder }: SettingSpec): Candidates {
  if (type === "enum") return words(values ?? []);
  // A switch that is on is turned off by a value.
  if (type === "boolean") return defaultValue === true ? words(["true", "false"]) : NOTHING;
  if (type === "path") return { kind: placeholder === "FOLDER" ? "folders" : "files" };
  return { kind: "anything" };
}

function words(texts: readonly string[]): Candidates {
  return { kind: "words", words: texts.map((text) => ({ text, summary: "" })) };
}
