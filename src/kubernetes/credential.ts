import { hasDsnPassword } from "./credential-dsn.ts";
import { isCredentialName } from "./credential-name.ts";
import { isLiteralCredential, type VariableLookup } from "./credential-reference.ts";
import { tokenIn } from "./credential-token.ts";
import { hasUrlPassword } from "./credential-url.ts";

/**
 * Something that must be kept in a Secret. It says which detector saw it and nothing of the value:
 * no part, length or hash of a credential ever leaves the detectors.
 */
export interface Credential {
  /** `private-key`, `url-password`, `dsn-password`, `jwt`, `github-token` …, `credential-name`. */
  readonly detector: string;
  /** Known by the shape of the value; otherwise only by the name it goes by. */
  readonly isCertain: boolean;
}

const BY_NAME: Credential = { detector: "credential-name", isCertain: false };
const PRIVATE_KEY: Credential = { detector: "private-key", isCertain: true };

/** No kind of private key has a longer name. */
const MAX_KEY_TYPE = 40;
/** `-----BEGIN ` in base64, as far as it does not depend on what follows. */
const ENCODED_BEGIN = "LS0tLS1CRUdJTi";

/**
 * The credential in a value that goes by a name, if there is one. `isElsewhere` tells whether a
 * `$(NAME)` is resolved by a reference; by default every one is. Time is linear in the value.
 */
export function credentialOf(
  name: string,
  value: string,
  isElsewhere?: VariableLookup,
): Credential | undefined {
  const certain = credentialIn(value, isElsewhere);
  if (certain !== undefined) return certain;
  if (!isCredentialName(name)) return undefined;
  return isLiteralCredential(value) ? BY_NAME : undefined;
}

/** The credential that a text shows by its shape, wherever in it. */
export function credentialIn(text: string, isElsewhere?: VariableLookup): Credential | undefined {
  if (text.length < SHORTEST) return undefined;
  if (hasPrivateKey(text)) return PRIVATE_KEY;
  const token = tokenIn(text);
  if (token !== undefined) return { detector: token, isCertain: true };
  if (hasUrlPassword(text, isElsewhere)) return { detector: "url-password", isCertain: true };
  if (hasDsnPassword(text, isElsewhere)) return { detector: "dsn-password", isCertain: true };
  return undefined;
}

/** One credential of a text of several lines. */
export interface CredentialPart extends Credential {
  /** The line or, for a PEM block, the lines that hold it. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/**
 * Every credential that a text shows by its shape, line by line: so that two of them are told
 * apart and an edit elsewhere in the text leaves them what they were.
 */
export function* credentialParts(text: string): Iterable<CredentialPart> {
  const whole = credentialIn(text);
  if (whole === undefined) return;
  const lines = text.split("\n");
  let isFound = false;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    const credential = credentialIn(line);
    if (credential === undefined) continue;
    const start = index;
    if (line.includes(BEGIN) && !line.includes(END)) index = endOfBlock(lines, start);
    const part = lines.slice(start, index + 1).map((each) => each.trim());
    yield { ...credential, text: part.join("\n"), line: start + 1 };
    isFound = true;
  }
  if (!isFound) yield { ...whole, text, line: 1 };
}

/** The last line of a PEM block; of one that never ends, its first. */
function endOfBlock(lines: readonly string[], start: number): number {
  const limit = Math.min(lines.length, start + MAX_PEM_LINES);
  for (let index = start + 1; index < limit; index++) {
    const line = lines[index] ?? "";
    if (line.includes(END)) return index;
    if (line.includes(BEGIN)) return start;
  }
  return start;
}

/** A key of 16,384 bits has some 200. */
const MAX_PEM_LINES = 400;

/** `a://:b@`: less cannot be a credential by its shape. */
const SHORTEST = 7;

/** A PEM header of a private key, or the same in base64 as Secrets and values files carry it. */
export function hasPrivateKey(text: string): boolean {
  let at = text.indexOf(BEGIN);
  while (at >= 0) {
    if (isPrivateKeyHeader(text.slice(at, at + BEGIN.length + MAX_KEY_TYPE))) return true;
    at = text.indexOf(BEGIN, at + BEGIN.length);
  }
  at = text.indexOf(ENCODED_BEGIN);
  while (at >= 0) {
    if (isPrivateKeyHeader(decoded(text.slice(at, at + ENCODED_HEADER)))) return true;
    at = text.indexOf(ENCODED_BEGIN, at + ENCODED_BEGIN.length);
  }
  return false;
}

const BEGIN = "-----BEGIN ";
const END = "-----END ";
/** A multiple of four characters that holds a whole header. */
const ENCODED_HEADER = 68;

function isPrivateKeyHeader(header: string): boolean {
  const line = header.split("\n", 1)[0] ?? "";
  return line.includes("PRIVATE KEY-----") || line.includes("PRIVATE KEY BLOCK-----");
}

function decoded(text: string): string {
  try {
    return atob(text.slice(0, text.length - (text.length % 4)));
  } catch {
    return "";
  }
}
