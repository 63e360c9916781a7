import { type HelpSection, helpText } from "../config/help.ts";
import { GLOBAL_SETTINGS } from "../config/settings-global.ts";
import type { Command } from "./command.ts";
import { EXIT_CODES, type Example } from "./manual.ts";
import { MANUALS } from "./manuals.ts";

export const SETTINGS_NOTE =
  "Every flag is also a variable and a key of the --config file (--ops-port: KEYMATE_GUARD_OPS_PORT, opsPort). Flags win over variables, variables over the file.";

const FIRST_STEPS: readonly Example[] = [
  { does: "See it at work, without a cluster", line: "keymate-guard demo" },
  { does: "Judge manifests", line: "keymate-guard check deploy/" },
];

export function programHelp(commands: readonly Command[], width?: number): string {
  return helpText({
    width,
    usage: "keymate-guard COMMAND [arguments] [flags]",
    summary:
      "Makes the Keymate deployment guide executable: as an admission webhook, and for files before they are applied.",
    commands: commands.map(({ name, summary }) => [name, summary] as const),
    groups: [{ title: "Flags of every command", table: GLOBAL_SETTINGS }],
    sections: [exitSection(EXIT_CODES), exampleSection(FIRST_STEPS)],
    notes: ["keymate-guard COMMAND --help explains one."],
  });
}

export function commandHelp(command: Command, width?: number): string {
  const { name, synopsis, summary, table, actions = [] } = command;
  const manual = manualOf(command);
  return helpText({
    width,
    usage: ["keymate-guard", name, synopsis, "[flags]"].filter((part) => part !== "").join(" "),
    summary: `${summary}.`,
    description: manual.description,
    commandsTitle: "Actions",
    commands: actions.map((action) => [action.name, action.summary] as const),
    groups: [
      { title: "Flags", table },
      { title: "Flags of every command", table: GLOBAL_SETTINGS },
    ],
    sections: [
      { title: "Settings", lines: [SETTINGS_NOTE] },
      exitSection(exitsOf(command)),
      exampleSection(manual.examples),
      { title: "See also", lines: [manual.seeAlso.join(", ")] },
    ],
  });
}

/** Every command of the program has one; the type of the table sees to that. */
export function manualOf({ name }: Command): (typeof MANUALS)[keyof typeof MANUALS] {
  return MANUALS[name as keyof typeof MANUALS];
}

export function exitsOf(command: Command): Readonly<Record<number, string>> {
  return { ...EXIT_CODES, ...manualOf(command).exits };
}

function exitSection(exits: Readonly<Record<number, string>>): HelpSection {
  return { title: "Exit codes", rows: Object.entries(exits) };
}

function exampleSection(examples: readonly Example[]): HelpSection {
  const lines = examples.flatMap(({ does, line }) => [`# ${does}`, ...line.split("\n")]);
  return { title: "Examples", verbatim: lines };
}
