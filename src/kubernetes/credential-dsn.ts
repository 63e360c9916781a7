import { isPlaceholder, isReference, type VariableLookup } from "./credential-reference.ts";

/** Beside a password they tell a connection string from any other `password=`. */
const COMPANIONS =
  /jdbc:|LoginModule|(?:host|server|data source|user|username|user id|uid|dbname|database|initial catalog)[ \t]?=/i;

/** Literals only, so that it is linear in the text. */
const passwordKey = /password|passwd|pwd/gi;

/** Longer lines are data, not connection strings; what is behind is not looked at. */
const MAX_LINE = 16_384;
/** Enough of a password to tell it from a reference. */
const MAX_PASSWORD = 256;

/**
 * `password=` or `pwd=` in a JDBC URL, a libpq or ADO connection string or a JAAS entry, on one
 * line with what makes it one. The password has to be written here.
 */
export function hasDsnPassword(text: string, isElsewhere?: VariableLookup): boolean {
  if (text.search(passwordKey) < 0) return false;
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    if (lineHasPassword(text.slice(start, Math.min(end, start + MAX_LINE)), isElsewhere)) {
      return true;
    }
    start = end + 1;
  }
  return false;
}

function lineHasPassword(line: string, isElsewhere?: VariableLookup): boolean {
  if (line.search(passwordKey) < 0 || !COMPANIONS.test(line)) return false;
  for (const match of line.matchAll(passwordKey)) {
    const value = valueAfter(line, match.index, match[0].length);
    if (value === undefined || value === "") continue;
    if (!isReference(value, isElsewhere) && !isPlaceholder(value)) return true;
  }
  return false;
}

/** What is assigned to the key, without quotes; undefined when it is no key of a pair. */
function valueAfter(line: string, key: number, length: number): string | undefined {
  if (key > 0 && !" \t;&?,\"'(".includes(line[key - 1] ?? "")) return undefined;
  const equals = skipBlanks(line, key + length);
  if (line[equals] !== "=") return undefined;
  // `password= dbname=app` is empty, `password = x` is not.
  const at = equals === key + length ? equals + 1 : skipBlanks(line, equals + 1);
  const quote = line[at];
  if (quote === '"' || quote === "'") {
    return line.slice(at + 1, at + MAX_PASSWORD).split(quote, 1)[0];
  }
  return line.slice(at, valueEnd(line, at));
}

function skipBlanks(line: string, from: number): number {
  let at = from;
  while (line[at] === " " || line[at] === "\t") at++;
  return at;
}

function valueEnd(line: string, from: number): number {
  const last = Math.min(line.length, from + MAX_PASSWORD);
  let at = from;
  while (at < last && !" \t\r;&,\"'".includes(line[at] ?? "")) at++;
  return at;
}
