import type { Origin } from "../config/setting-origin.ts";
import type { SettingTable, SettingValues } from "../config/setting-spec.ts";
import type { GLOBAL_SETTINGS } from "../config/settings-global.ts";
import type { CliIo } from "./io.ts";

type Global = typeof GLOBAL_SETTINGS;

/** What a command is given: settings resolved and checked. */
export interface Invocation<S extends SettingTable> {
  readonly settings: SettingValues<S> & SettingValues<Global>;
  readonly origins: Readonly<Record<string, Origin>>;
  readonly positionals: readonly string[];
  /** What was ignored in the environment and why, for the debug log. */
  readonly notes: readonly string[];
  /** Every command of the program. */
  readonly commands: readonly Command[];
  readonly io: CliIo;
}

/** Resolves to the exit code. Throws AppError for what the user has to mend. */
export type Run<S extends SettingTable> = (invocation: Invocation<S>) => Promise<number>;

/** What stands behind a command or an action, for completion: `rule` is the id of one. */
export type Operands = "none" | "files" | "rule" | "text";

/** `validate` of `policy validate FILE…`. */
export interface Action {
  readonly name: string;
  readonly summary: string;
  readonly operands: Operands;
}

/** A command as the program lists it; its code is loaded only when it runs. */
export interface Command<S extends SettingTable = SettingTable> {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What may follow the name: `[PATH… | -]`. */
  readonly synopsis: string;
  readonly maxPositionals: number;
  /** Of a command without actions. */
  readonly operands: Operands;
  /** Words of which one has to follow the name. */
  readonly actions?: readonly Action[];
  readonly table: S;
  readonly load: () => Promise<{ readonly run: Run<S> }>;
}
