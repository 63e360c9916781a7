import type { Command } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { exitsOf, manualOf, SETTINGS_NOTE } from "../../src/cli/help.ts";
import { EXIT_CODES, type Example } from "../../src/cli/manual.ts";
import { shownDefault } from "../../src/config/help.ts";
import { flagOf, variableOf } from "../../src/config/setting-names.ts";
import type { SettingSpec, SettingTable } from "../../src/config/setting-spec.ts";
import { GLOBAL_SETTINGS } from "../../src/config/settings-global.ts";
import { GENERATED, type Generator } from "./artifact.ts";

const VARIABLES: readonly (readonly [string, string])[] = [
  ["KUBECONFIG", "Kubeconfig files, where --kubeconfig names none."],
  ["NO_COLOR", "Not empty: never colour."],
  ["FORCE_COLOR", "Not empty, 0 or false: colour in a pipe too. NO_COLOR wins."],
  ["TERM", "dumb: neither colour nor progress."],
  ["CI", "Not empty: no progress, even where a build server lends a terminal."],
  [
    "LC_ALL, LC_CTYPE, LANG",
    "The first that is set: a terminal of a charset other than UTF-8 gets ASCII punctuation. Pipes and files are always UTF-8.",
  ],
];

/** One page for the program and all its commands, from what --help is made of. */
export const manPage: Generator = {
  name: "man page",
  files: async () => new Map([["docs/man/keymate-guard.1", page()]]),
};

function page(): string {
  const parts = [
    `.\\" ${GENERATED.replace("—", "-")}.`,
    '.TH KEYMATE-GUARD 1 "" "Keymate Guard" "User Commands"',
    ".SH NAME",
    "keymate-guard \\- makes the Keymate deployment guide executable",
    ".SH SYNOPSIS",
    COMMANDS.map(synopsis).join("\n.br\n"),
    ".SH DESCRIPTION",
    text(
      "Judges Kubernetes objects by the Keymate deployment guide: as an admission webhook, in a live cluster, and in files before they are applied.",
    ),
    ".SH COMMANDS",
    ...COMMANDS.flatMap(commandPart),
    ".SH OPTIONS OF EVERY COMMAND",
    ...options(GLOBAL_SETTINGS),
    ".SH ENVIRONMENT",
    text(SETTINGS_NOTE),
    ...VARIABLES.flatMap(([name, meaning]) => [".TP", bold(name), text(meaning)]),
    ".SH EXIT STATUS",
    ...exits(EXIT_CODES),
  ];
  return `${parts.join("\n")}\n`;
}

function synopsis({ name, synopsis: operands }: Command): string {
  const rest = operands === "" ? "" : ` ${escaped(operands)}`;
  return `\\fBkeymate\\-guard ${escaped(name)}\\fR${rest} [\\fIflags\\fR]`;
}

function commandPart(command: Command): readonly string[] {
  const { name, summary, actions = [], table } = command;
  const { description, examples, seeAlso } = manualOf(command);
  const own = manualOf(command).exits === undefined ? [] : exits(exitsOf(command));
  return [
    `.SS ${escaped(name)}`,
    text(`${summary}.`),
    ...description.flatMap((paragraph) => [".PP", text(paragraph)]),
    ...actions.flatMap((action) => [".TP", bold(action.name), text(`${action.summary}.`)]),
    ...options(table),
    ...(own.length === 0 ? [] : [".PP", text("Exit status:"), ...own]),
    ".PP",
    text("Examples:"),
    ...examples.flatMap(example),
    ".PP",
    text(`See also ${seeAlso.join(", ")}.`),
  ];
}

function options(table: SettingTable): readonly string[] {
  return Object.entries(table).flatMap(([key, spec]) => [
    ".TP",
    `${bold(flagOf(key))} ${escaped(spec.placeholder)}`.trim(),
    text(described(key, spec)),
  ]);
}

function described(key: string, spec: SettingSpec): string {
  const shown = shownDefault(spec);
  const standard = shown === undefined ? "" : ` Default: ${shown}.`;
  const variable = spec.flagOnly === true ? "" : ` Variable: ${variableOf(key)}.`;
  return `${spec.description}.${standard}${variable}`;
}

function exits(codes: Readonly<Record<number, string>>): readonly string[] {
  return Object.entries(codes).flatMap(([code, meaning]) => [
    ".TP",
    bold(code),
    text(`${meaning}.`),
  ]);
}

function example({ does, line }: Example): readonly string[] {
  return [
    ".PP",
    text(`${does}:`),
    ".PP",
    ".RS 4",
    ".nf",
    ...line.split("\n").map(text),
    ".fi",
    ".RE",
  ];
}

function bold(word: string): string {
  return `\\fB${escaped(word)}\\fR`;
}

/** A line that begins with a dot or a quote would be an instruction. */
function text(line: string): string {
  return escaped(line).replace(/^(?=[.'])/, "\\&");
}

function escaped(line: string): string {
  return line
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("…", "...")
    .replaceAll("~", "\\(ti")
    .replaceAll("^", "\\(ha");
}
