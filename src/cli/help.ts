import { helpText } from "../config/help.ts";
import { GLOBAL_SETTINGS } from "../config/settings-global.ts";
import type { Command } from "./command.ts";

const SETTINGS_NOTE =
  "Every flag is also a variable (--ops-port: KEYMATE_GUARD_OPS_PORT) and a key of the --config file (opsPort). Flags win over variables, variables over the file.";

const EXIT_NOTE =
  "Exit codes: 0 fine, 1 findings, 2 wrong usage, settings or policy, 3 the surroundings (file, cluster).";

export function programHelp(commands: readonly Command[]): string {
  return helpText({
    usage: "keymate-guard COMMAND [arguments] [flags]",
    summary:
      "Makes the Keymate deployment guide executable: as an admission webhook, and for files before they are applied.",
    commands: commands.map(({ name, summary }) => [name, summary] as const),
    groups: [{ title: "Flags of every command", table: GLOBAL_SETTINGS }],
    notes: ["keymate-guard COMMAND --help explains one.", EXIT_NOTE],
  });
}

export function commandHelp(command: Command): string {
  const { name, synopsis, summary, table } = command;
  return helpText({
    usage: ["keymate-guard", name, synopsis, "[flags]"].filter((part) => part !== "").join(" "),
    summary: `${summary}.`,
    groups: [
      { title: "Flags", table },
      { title: "Flags of every command", table: GLOBAL_SETTINGS },
    ],
    notes: [SETTINGS_NOTE, EXIT_NOTE],
  });
}
