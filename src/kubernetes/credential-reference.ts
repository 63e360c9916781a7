import { variablesIn } from "./env-expansion.ts";

/** Whether `$(NAME)` stands for something that is not written here. */
export type VariableLookup = (name: string) => boolean;

const anyVariable: VariableLookup = () => true;

/** Read by the program or a tool from elsewhere; `ENC[` is sops, `<path:` the Argo CD Vault plugin. */
const REFERENCE_PREFIXES: readonly string[] = [
  "vault:",
  ">>vault:",
  "ref+",
  "file:",
  "<path:",
  "ENC[",
  "arn:",
  "op://",
];

const BOOLEANS: ReadonlySet<string> = new Set(["true", "false", "yes", "no", "on", "off"]);
const duration = /^(?:\d{1,9}(?:\.\d{1,9})?(?:ns|us|µs|ms|s|m|h|d|w|y))+$/;
const isoDuration = /^P(?:\d{1,9}[YMWD])*(?:T(?:\d{1,9}[HMS])+)?$/;
const absolutePath = /^(?:\/[A-Za-z0-9._~-]+)+\/?$/;
const windowsPath = /^[A-Za-z]:\\/;
const shellVariable = /^\$[A-Z_][A-Z0-9_]*$/;
const MAX_DURATION = 64;

/**
 * Whether a value under the name of a credential is one: not empty, not a reference to what is
 * kept elsewhere, not a switch, a duration or an absolute path. `changeme` counts: it is live.
 */
export function isLiteralCredential(value: string, isElsewhere = anyVariable): boolean {
  const text = value.trim();
  if (text === "" || isReference(text, isElsewhere)) return false;
  if (BOOLEANS.has(text.toLowerCase()) || isDuration(text)) return false;
  return text === "/" ? false : !absolutePath.test(text) && !windowsPath.test(text);
}

/** `$(VAR)`, `${VAR}`, `$VAR`, `{{ template }}`, `vault:…`: the value itself is somewhere else. */
export function isReference(text: string, isElsewhere: VariableLookup = anyVariable): boolean {
  if (text.includes("${") || text.includes("{{")) return true;
  if (text.startsWith("$") && shellVariable.test(text)) return true;
  if (REFERENCE_PREFIXES.some((prefix) => text.startsWith(prefix))) return true;
  for (const name of variablesIn(text)) if (isElsewhere(name)) return true;
  return false;
}

/** `%s`, `<password>`, `{password}`, `****`: a pattern for a connection string, not one. */
export function isPlaceholder(text: string): boolean {
  if (text === "%s" || text === "%v") return true;
  if (text.startsWith("<") && text.endsWith(">")) return true;
  if (text.startsWith("{") && text.endsWith("}")) return true;
  for (const character of text) if (character !== "*") return false;
  return true;
}

function isDuration(text: string): boolean {
  if (text.length > MAX_DURATION) return false;
  return duration.test(text) || (text.length > 1 && isoDuration.test(text));
}
