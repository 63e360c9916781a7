/** Last words of a name that say "credential" by themselves. */
const WORDS: ReadonlySet<string> = new Set([
  "password",
  "passwd",
  "pwd",
  "secret",
  "token",
  "credentials",
  "passphrase",
  "apikey",
  "accesskey",
  "secretkey",
  "privatekey",
]);

/** Before a last word `key`: API_KEY, SECRET_KEY. */
const KEY_WORDS: ReadonlySet<string> = new Set(["api", "access", "secret", "private"]);

/** Run together with what they belong to, they mean the same: PGPASSWORD. */
const SUFFIXES: readonly string[] = ["password", "passwd", "passphrase"];

/** Before a last word `secret` they say which Secret is meant: existingSecret, imagePullSecret. */
const POINTER_WORDS: ReadonlySet<string> = new Set([
  "auth",
  "ca",
  "cert",
  "certificate",
  "config",
  "credentials",
  "existing",
  "external",
  "image",
  "key",
  "password",
  "pull",
  "target",
  "tls",
  "user",
  "username",
]);

/** No real name is longer. */
const MAX_LENGTH = 256;

/**
 * Whether what goes by this name is a credential: an environment variable, an option, a key of a
 * configuration file. Only the end counts: DB_PASSWORD is one, PASSWORD_FILE is a path.
 */
export function isCredentialName(name: string): boolean {
  if (name.length > MAX_LENGTH) return false;
  const known = memo.get(name);
  if (known !== undefined) return known;
  const isOne = endsLikeCredential(name);
  if (memo.size >= MEMO_SIZE) memo.clear();
  memo.set(name, isOne);
  return isOne;
}

/** The same few hundred names are in every workload. */
const MEMO_SIZE = 1_024;
const memo = new Map<string, boolean>();

function endsLikeCredential(name: string): boolean {
  const words = wordsOf(name);
  const last = words.at(-1);
  if (last === undefined) return false;
  const before = words.at(-2);
  if (last === "secret" && before !== undefined && POINTER_WORDS.has(before)) return false;
  if (last === "key") return before !== undefined && KEY_WORDS.has(before);
  return WORDS.has(last) || SUFFIXES.some((suffix) => last.endsWith(suffix));
}

/** `KC_DB_PASSWORD`, `db.password`, `dbPassword` and `DBPassword` end in the same word. */
export function wordsOf(name: string): string[] {
  const words: string[] = [];
  let start = 0;
  for (let at = 0; at <= name.length; at++) {
    if (at < name.length && !isSeparator(name.charCodeAt(at))) {
      if (at === start || !startsWord(name, at)) continue;
      words.push(name.slice(start, at).toLowerCase());
      start = at;
      continue;
    }
    if (at > start) words.push(name.slice(start, at).toLowerCase());
    start = at + 1;
  }
  return words;
}

/** An upper-case letter after a lower-case one, or the last of several before a lower-case one. */
function startsWord(name: string, at: number): boolean {
  if (!isUpper(name.charCodeAt(at))) return false;
  return !isUpper(name.charCodeAt(at - 1)) || isLower(name.charCodeAt(at + 1));
}

/** Everything but letters and digits: `_`, `-`, `.`, `[`, `/`. */
function isSeparator(code: number): boolean {
  return !isUpper(code) && !isLower(code) && !(code >= 48 && code <= 57) && code < 128;
}

function isUpper(code: number): boolean {
  return code >= 65 && code <= 90;
}

function isLower(code: number): boolean {
  return code >= 97 && code <= 122;
}
