import { readFile } from "node:fs/promises";
import { parseArguments } from "../config/parse-arguments.ts";
import type { SettingTable } from "../config/setting-spec.ts";
import { configFileOf, resolveSettings } from "../config/settings.ts";
import { GLOBAL_SETTINGS } from "../config/settings-global.ts";
import { didYouMean } from "../config/suggest.ts";
import { environmentError, usageError } from "../usecases/app-error.ts";
import type { Command } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { reportError } from "./errors.ts";
import { commandHelp, programHelp } from "./help.ts";
import type { CliIo } from "./io.ts";
import { textWidth } from "./terminal.ts";

/** Runs one command line and resolves to the exit code; never throws. */
export async function runProgram(argv: readonly string[], io: CliIo): Promise<number> {
  try {
    return await dispatch(argv, io);
  } catch (error) {
    return reportError(error, io, argv);
  }
}

async function dispatch(argv: readonly string[], io: CliIo): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    const about = rest.find((word) => !word.startsWith("-"));
    const width = textWidth(io.stdout);
    const text =
      about === undefined ? programHelp(COMMANDS, width) : commandHelp(commandNamed(about), width);
    io.stdout.write(text);
    return name === undefined ? 2 : 0;
  }
  if (name === "--version" || name === "-v" || name === "version") {
    io.stdout.write(`keymate-guard ${io.version}\n`);
    return 0;
  }
  return await runCommand(commandNamed(name), rest, io);
}

function commandNamed(name: string): Command {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  if (name.startsWith("-")) {
    throw usageError(
      "flag-before-command",
      `flags come behind the command: keymate-guard COMMAND ${name}; keymate-guard --help lists the commands`,
    );
  }
  const names = COMMANDS.map((known) => known.name);
  throw usageError(
    "unknown-command",
    `${JSON.stringify(name)} is not a command${didYouMean(name, names)}; keymate-guard --help lists them`,
  );
}

async function runCommand(command: Command, argv: readonly string[], io: CliIo): Promise<number> {
  const table: SettingTable = { ...GLOBAL_SETTINGS, ...command.table };
  const { flags, positionals, problems } = parseArguments(argv, table, command);
  if (flags.get("help")?.at(-1) === "true") {
    io.stdout.write(commandHelp(command, textWidth(io.stdout)));
    return 0;
  }
  if (flags.get("version")?.at(-1) === "true") {
    io.stdout.write(`keymate-guard ${io.version}\n`);
    return 0;
  }
  const file = await readConfigFile(flags, io);
  const resolved = resolveSettings(table, { flags, environment: io.env, file });
  const mistakes = [...problems, ...(resolved.ok ? [] : resolved.problems)];
  if (mistakes.length > 0 || !resolved.ok) {
    const [first = ""] = mistakes;
    if (mistakes.length === 1) throw usageError("settings-invalid", first);
    throw usageError("settings-invalid", `${mistakes.length} settings are wrong`, mistakes);
  }
  const { run } = await command.load();
  const { values, origins, notes } = resolved;
  return await run({
    settings: values as never,
    origins,
    positionals,
    notes,
    commands: COMMANDS,
    io,
  });
}

async function readConfigFile(flags: ReadonlyMap<string, readonly string[]>, io: CliIo) {
  const found = configFileOf({ flags, environment: io.env });
  if (found === undefined) return undefined;
  try {
    return { path: found.path, text: await readFile(found.path, "utf8") };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    const reason = code === "ENOENT" ? "there is no such file" : code;
    throw environmentError(
      "config-unreadable",
      `settings file ${found.path} cannot be read: ${reason}`,
      error,
    );
  }
}
