import { formatDuration, type ParsedValue, parsers } from "./setting-values.ts";

export type SettingType = keyof typeof parsers | "enum" | "list";

/** One setting of a command: a flag, an environment variable and a key of the `--config` file. */
export interface SettingSpec<T = unknown> {
  readonly type: SettingType;
  /** One line for `--help`, without a full stop. */
  readonly description: string;
  /** What stands for the value in `--help`: `FILE`. */
  readonly placeholder: string;
  /** undefined: the command works it out, or does without. */
  readonly defaultValue: T | undefined;
  /** How the default is shown when the value alone would not say it. */
  readonly defaultText: string | undefined;
  /** The values of an enum. */
  readonly values: readonly string[] | undefined;
  /** Neither a variable nor a key of the file: `--help`. */
  readonly flagOnly?: boolean;
  /** Takes the text of a flag, a variable or a scalar of the file. */
  readonly parse: (text: string) => ParsedValue<T>;
}

/** Settings of one command by their key in the `--config` file: `opsPort` for `--ops-port`. */
export type SettingTable = Readonly<Record<string, SettingSpec>>;

/** The typed values that a table yields. */
export type SettingValues<S extends SettingTable> = {
  readonly [K in keyof S]: S[K] extends SettingSpec<infer T> ? T : never;
};

interface Options<T> {
  readonly default?: T;
  readonly defaultText?: string;
  readonly placeholder?: string;
}

type Optional<T, O extends Options<T>> = O extends { readonly default: T } ? T : T | undefined;

export function port(description: string, defaultValue: number): SettingSpec<number> {
  return spec("port", parsers.port, { description, placeholder: "PORT", default: defaultValue });
}

export function count(description: string, defaultValue: number): SettingSpec<number> {
  return spec("count", parsers.count, {
    description,
    placeholder: "NUMBER",
    default: defaultValue,
  });
}

/** Milliseconds. */
export function duration<const O extends Options<number> & { readonly least?: number }>(
  description: string,
  options: O,
): SettingSpec<Optional<number, O>> {
  const parse = (text: string) => atLeast(options.least ?? 0, parsers.duration(text));
  return spec("duration", parse, { description, placeholder: "TIME", ...options });
}

function atLeast(least: number, parsed: ParsedValue<number>): ParsedValue<number> {
  if (!parsed.ok || parsed.value >= least) return parsed;
  return { ok: false, wanted: `at least ${formatDuration(least)}` };
}

export function text<const O extends Options<string>>(
  description: string,
  options: O,
): SettingSpec<Optional<string, O>> {
  return spec("string", parsers.string, { description, placeholder: "TEXT", ...options });
}

export function path<const O extends Options<string>>(
  description: string,
  options: O,
): SettingSpec<Optional<string, O>> {
  return spec("path", parsers.path, { description, placeholder: "FILE", ...options });
}

export function flag(description: string, defaultValue = false): SettingSpec<boolean> {
  const placeholder = defaultValue ? "true|false" : "";
  return spec("boolean", parsers.boolean, { description, placeholder, default: defaultValue });
}

/** May be given more than once; separated by commas in the environment. */
export function list(description: string, placeholder: string): SettingSpec<readonly string[]> {
  const parse = (value: string): ParsedValue<readonly string[]> => ({
    ok: true,
    value: value.split(",").flatMap((part) => part.trim() || []),
  });
  return spec<readonly string[]>("list", parse, { description, placeholder, default: [] });
}

export function choice<const V extends readonly string[], const O extends Options<V[number]>>(
  description: string,
  values: V,
  options: O,
): SettingSpec<Optional<V[number], O>> {
  const parse = (value: string): ParsedValue<V[number]> => {
    const found = values.find((known) => known === value);
    return found === undefined
      ? { ok: false, wanted: `one of ${values.join(", ")}` }
      : { ok: true, value: found };
  };
  const made = spec<V[number]>("enum", parse, {
    description,
    placeholder: values.join("|"),
    ...options,
  });
  return { ...made, values } as SettingSpec<Optional<V[number], O>>;
}

function spec<T>(
  type: SettingType,
  parse: (text: string) => ParsedValue<T>,
  options: Options<T> & { readonly description: string; readonly placeholder: string },
): SettingSpec<T> {
  return {
    type,
    parse,
    description: options.description,
    placeholder: options.placeholder,
    defaultValue: options.default,
    defaultText: options.defaultText,
    values: undefined,
  };
}
