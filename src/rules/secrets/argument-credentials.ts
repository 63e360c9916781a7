import { credentialIn } from "../../kubernetes/credential.ts";
import { isCredentialName, wordsOf } from "../../kubernetes/credential-name.ts";
import { isLiteralCredential, type VariableLookup } from "../../kubernetes/credential-reference.ts";

export interface ArgumentCredential {
  readonly index: number;
  readonly detector: string;
  readonly isCertain: boolean;
  /** What it goes by, so that a changed value is told from a moved one. Never shown. */
  readonly option: string;
  readonly text: string;
}

/** Options of redis-server and its like whose names do not end as the others do. */
const OTHER_OPTIONS: ReadonlySet<string> = new Set(["requirepass", "masterauth", "pass"]);
/** `--ask-password`, `--no-token` say what to do, not what it is. */
const SWITCHES: ReadonlySet<string> = new Set([
  "ask",
  "no",
  "prompt",
  "skip",
  "without",
  "disable",
]);
/** An argument may be a whole script; what is behind is data. */
const MAX_WORDS = 10_000;

/**
 * Credentials in a command line: a shape anywhere in an argument, `--password=x`,
 * `--requirepass x` over two arguments, `-Ddb.password=x`, and all of these within a script that
 * is one argument of a shell.
 */
export function* credentialsInArguments(
  args: readonly unknown[],
  isElsewhere: VariableLookup,
): Iterable<ArgumentCredential> {
  let awaiting: string | undefined;
  for (let index = 0; index < args.length; index++) {
    const text = args[index];
    if (typeof text !== "string") {
      awaiting = undefined;
      continue;
    }
    const certain = credentialIn(text, isElsewhere);
    if (certain !== undefined) {
      yield { index, ...certain, option: certain.detector, text: certainPart(text) };
      awaiting = undefined;
      continue;
    }
    const isScript = text.includes(" ") || text.includes("\n");
    const found = isScript && awaiting === undefined ? inScript(text) : inWord(text, awaiting);
    if (found !== undefined && "option" in found) {
      yield { index, detector: "credential-name", isCertain: false, ...found };
    }
    awaiting = found !== undefined && "awaiting" in found ? found.awaiting : undefined;
  }
}

/** The words of a script that show it, so that an edit beside them changes nothing. */
function certainPart(text: string): string {
  const words = text.split(blanks, MAX_WORDS).filter((word) => credentialIn(word) !== undefined);
  return words.length === 0 ? text : words.join(" ");
}

type Found = { readonly option: string; readonly text: string } | { readonly awaiting: string };

/** One argument; `awaiting` is the option before it that still needs its value. */
function inWord(
  word: string,
  awaiting?: string,
  isLiteral: (text: string) => boolean = isLiteralCredential,
): Found | undefined {
  if (awaiting !== undefined && !word.startsWith("-")) {
    return isLiteral(word) ? { option: awaiting, text: word } : undefined;
  }
  const equals = word.indexOf("=");
  const name = optionName(equals < 0 ? word : word.slice(0, equals));
  if (!isCredentialOption(name)) return undefined;
  if (equals < 0) return word.startsWith("-") ? { awaiting: name } : undefined;
  const text = unquoted(word.slice(equals + 1));
  return isLiteral(text) ? { option: name, text } : undefined;
}

/** The first one is enough: the argument is named once. */
function inScript(script: string): Found | undefined {
  let awaiting: string | undefined;
  for (const word of script.split(blanks, MAX_WORDS)) {
    const bare = unquoted(word);
    if (bare === "") continue;
    const found = inWord(awaiting === undefined ? word : bare, awaiting, isLiteralInScript);
    if (found !== undefined && "option" in found) return found;
    awaiting = found?.awaiting;
  }
  return undefined;
}

/** A shell puts what a command prints in the place of `$(…)`. */
function isLiteralInScript(text: string): boolean {
  return !text.startsWith("$(") && !text.startsWith("`") && isLiteralCredential(text);
}

const blanks = /[\s;|&]/;

function optionName(written: string): string {
  let name = written;
  while (name.startsWith("-")) name = name.slice(1);
  return written.startsWith("-D") ? name.slice(1) : name;
}

function isCredentialOption(name: string): boolean {
  if (OTHER_OPTIONS.has(name)) return true;
  if (!isCredentialName(name)) return false;
  return !SWITCHES.has(wordsOf(name)[0] ?? "");
}

function unquoted(text: string): string {
  const quote = text[0];
  if (quote !== '"' && quote !== "'") return text;
  return text.slice(1).split(quote, 1)[0] ?? "";
}
