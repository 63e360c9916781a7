/** A credential that is known by its shape: a prefix and a run of characters of some length. */
interface TokenShape {
  readonly id: string;
  readonly prefix: string;
  /** Characters that have to follow the prefix. */
  readonly length: number;
  readonly alphabet: Alphabet;
}

type Alphabet = "upper" | "word" | "base64";

const word = 1;
const upper = 2;
const base64 = 4;

const SHAPES: readonly TokenShape[] = [
  { id: "aws-access-key", prefix: "AKIA", length: 16, alphabet: "upper" },
  { id: "aws-access-key", prefix: "ASIA", length: 16, alphabet: "upper" },
  { id: "google-api-key", prefix: "AIza", length: 35, alphabet: "word" },
  { id: "google-oauth-secret", prefix: "GOCSPX-", length: 28, alphabet: "word" },
  { id: "azure-storage-key", prefix: "AccountKey=", length: 80, alphabet: "base64" },
  { id: "digitalocean-token", prefix: "dop_v1_", length: 64, alphabet: "word" },
  { id: "github-token", prefix: "ghp_", length: 36, alphabet: "word" },
  { id: "github-token", prefix: "gho_", length: 36, alphabet: "word" },
  { id: "github-token", prefix: "ghu_", length: 36, alphabet: "word" },
  { id: "github-token", prefix: "ghs_", length: 36, alphabet: "word" },
  { id: "github-token", prefix: "ghr_", length: 36, alphabet: "word" },
  { id: "github-token", prefix: "github_pat_", length: 40, alphabet: "word" },
  { id: "gitlab-token", prefix: "glpat-", length: 20, alphabet: "word" },
  { id: "gitlab-token", prefix: "gldt-", length: 20, alphabet: "word" },
  { id: "gitlab-token", prefix: "glrt-", length: 20, alphabet: "word" },
  { id: "slack-token", prefix: "xoxb-", length: 20, alphabet: "word" },
  { id: "slack-token", prefix: "xoxp-", length: 20, alphabet: "word" },
  { id: "slack-token", prefix: "xoxa-", length: 20, alphabet: "word" },
  { id: "slack-token", prefix: "xoxr-", length: 20, alphabet: "word" },
  { id: "slack-token", prefix: "xapp-", length: 20, alphabet: "word" },
  { id: "slack-webhook", prefix: "hooks.slack.com/services/T", length: 20, alphabet: "base64" },
  { id: "stripe-key", prefix: "sk_live_", length: 16, alphabet: "word" },
  { id: "stripe-key", prefix: "rk_live_", length: 16, alphabet: "word" },
  { id: "sendgrid-key", prefix: "SG.", length: 22, alphabet: "word" },
  { id: "npm-token", prefix: "npm_", length: 36, alphabet: "word" },
  { id: "pypi-token", prefix: "pypi-AgEI", length: 30, alphabet: "word" },
  { id: "docker-token", prefix: "dckr_pat_", length: 20, alphabet: "word" },
  { id: "vault-token", prefix: "hvs.", length: 24, alphabet: "word" },
  { id: "grafana-token", prefix: "glsa_", length: 32, alphabet: "word" },
];

/** The shortest of them: an access key of AWS. */
const SHORTEST = 20;
const classes = alphabetTable();
const bits: Readonly<Record<Alphabet, number>> = { upper, word, base64 };
/** A JOSE header holds a few short names. */
const MAX_JWT_HEADER = 1_024;
/** `{"alg":"none"}` in base64. */
const MIN_JWT_HEADER = 19;

/** Any prefix, the one of a JWT too: one pass over a text that holds none. */
const anyMark = new RegExp(
  ["eyJ", ...SHAPES.map(({ prefix }) => prefix.replaceAll(".", "\\."))].join("|"),
);

/** The detector that knows a cloud key, a token of a forge or a chat, or a JWT in the text. */
export function tokenIn(text: string): string | undefined {
  if (text.length < SHORTEST || !anyMark.test(text)) return undefined;
  for (const shape of SHAPES) if (holdsShape(text, shape)) return shape.id;
  return holdsJwt(text) ? "jwt" : undefined;
}

function holdsShape(text: string, { prefix, length, alphabet }: TokenShape): boolean {
  let at = text.indexOf(prefix);
  while (at >= 0) {
    const start = at + prefix.length;
    if (startsToken(text, at) && runEnd(text, start, bits[alphabet], length) - start >= length) {
      return true;
    }
    at = text.indexOf(prefix, start);
  }
  return false;
}

/** `header.payload.signature` with a header that decodes to a JSON object. */
function holdsJwt(text: string): boolean {
  let at = text.indexOf("eyJ");
  while (at >= 0) {
    if (startsToken(text, at) && isJwtAt(text, at)) return true;
    at = text.indexOf("eyJ", at + 3);
  }
  return false;
}

function isJwtAt(text: string, at: number): boolean {
  const end = runEnd(text, at, word, MAX_JWT_HEADER);
  if (text[end] !== "." || runEnd(text, end + 1, word, 8) - end <= 8) return false;
  const length = end - at;
  if (length < MIN_JWT_HEADER || length % 4 === 1) return false;
  const header = atob(standardBase64(text.slice(at, end)));
  return header.startsWith("{") && header.endsWith("}") && header.includes('"alg"');
}

function standardBase64(text: string): string {
  return text.replaceAll("-", "+").replaceAll("_", "/");
}

function startsToken(text: string, at: number): boolean {
  return at === 0 || ((classes[text.charCodeAt(at - 1)] ?? 0) & word) === 0;
}

/** Where the run of these characters ends, looking no further than `length` of them. */
function runEnd(text: string, from: number, alphabet: number, length: number): number {
  let at = from;
  const last = Math.min(text.length, from + length);
  while (at < last && ((classes[text.charCodeAt(at)] ?? 0) & alphabet) !== 0) at++;
  return at;
}

/** Character classes of ASCII as bits. */
function alphabetTable(): Uint8Array {
  const table = new Uint8Array(128);
  for (let code = 0; code < table.length; code++) {
    const character = String.fromCharCode(code);
    const isUpperOrDigit = (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
    const isAlphanumeric = isUpperOrDigit || (code >= 97 && code <= 122);
    let mask = isUpperOrDigit ? upper : 0;
    if (isAlphanumeric || character === "_" || character === "-") mask |= word;
    if (isAlphanumeric || "+/=".includes(character)) mask |= base64;
    table[code] = mask;
  }
  return table;
}
