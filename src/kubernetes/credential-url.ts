import { isPlaceholder, isReference, type VariableLookup } from "./credential-reference.ts";

/** RFC 3986 ends an authority at `/`, `?` or `#`; quotes and brackets end the text around a URL. */
const AUTHORITY_ENDS = "/?#\"'`<>\\";

/** `scheme://user:password@host`: a URL whose userinfo holds a password that is written here. */
export function hasUrlPassword(text: string, isElsewhere?: VariableLookup): boolean {
  let at = text.indexOf("://");
  while (at >= 0) {
    const start = at + 3;
    const end = authorityEnd(text, start);
    if (isWritten(passwordOf(text.slice(start, end)), isElsewhere)) return true;
    at = text.indexOf("://", end);
  }
  return hasOraclePassword(text, isElsewhere);
}

/** Templates may hold quotes and slashes: they are stepped over as a whole. */
function authorityEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length) {
    const character = text[at] ?? "";
    const close = closingOf(text, at);
    if (close !== undefined) {
      const length = text.slice(at, at + MAX_TEMPLATE).indexOf(close);
      if (length < 0) return at;
      at += length + close.length;
      continue;
    }
    if (character <= " " || AUTHORITY_ENDS.includes(character)) return at;
    at++;
  }
  return at;
}

const MAX_TEMPLATE = 256;

function closingOf(text: string, at: number): string | undefined {
  if (text.startsWith("{{", at)) return "}}";
  return text.startsWith("${", at) ? "}" : undefined;
}

/** Behind the first colon of the userinfo, which ends at the last `@`. */
function passwordOf(authority: string): string | undefined {
  const at = authority.lastIndexOf("@");
  if (at < 0) return undefined;
  const userinfo = authority.slice(0, at);
  const colon = userinfo.indexOf(":");
  return colon < 0 ? undefined : userinfo.slice(colon + 1);
}

/** `jdbc:oracle:thin:user/password@host` has a userinfo of its own kind. */
function hasOraclePassword(text: string, isElsewhere?: VariableLookup): boolean {
  let at = text.indexOf(ORACLE);
  while (at >= 0) {
    const start = at + ORACLE.length;
    const near = text.slice(start, start + MAX_TEMPLATE);
    const sign = near.indexOf("@");
    const slash = near.indexOf("/");
    if (slash >= 0 && slash < sign && isWritten(near.slice(slash + 1, sign), isElsewhere)) {
      return true;
    }
    at = text.indexOf(ORACLE, start);
  }
  return false;
}

const ORACLE = "jdbc:oracle:";

/** Neither empty, nor kept elsewhere, nor a pattern. */
function isWritten(password: string | undefined, isElsewhere?: VariableLookup): boolean {
  if (password === undefined || password === "") return false;
  return !isReference(password, isElsewhere) && !isPlaceholder(password);
}
