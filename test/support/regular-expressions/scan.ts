/** A regular expression as it stands in a source. */
export interface Literal {
  readonly line: number;
  readonly source: string;
  readonly flags: string;
}

export interface Scan {
  readonly literals: readonly Literal[];
  /** Lines on which one is put together at run time. */
  readonly built: readonly number[];
}

const TOKEN = new RegExp(
  [
    String.raw`(?<space>\s+|//.*|/\*[^]*?\*/|(?<![^])#!.*)`,
    String.raw`(?<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')`,
    String.raw`(?<word>[\w$]+)`,
    String.raw`(?<regexp>/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*)`,
    "(?<other>[^])",
  ].join("|"),
  "y",
);

/** Words after which a slash cannot divide. */
const BEFORE_A_VALUE = /^(?:return|typeof|case|in|of|yield|await|void|delete|default|new|else)$/;

/** Reads the tokens of TypeScript, as far as it takes to tell an expression from a division. */
export function scanRegularExpressions(text: string): Scan {
  const literals: Literal[] = [];
  const built: number[] = [];
  /** Of each template that is open, the braces within its `${`. */
  const templates: number[] = [];
  let valueEnded = false;
  for (let at = 0; at < text.length; ) {
    const { token, kind } = tokenAt(text, at, valueEnded);
    const line = text.slice(0, at).split("\n").length;
    at += token.length;
    if (kind === "space") continue;
    if (kind === "word" && token === "RegExp" && /^\s*\(/.test(text.slice(at))) built.push(line);
    if (kind === "regexp") literals.push({ line, ...splitLiteral(token) });
    const depth = templates.length - 1;
    if (token === "{" && depth >= 0) templates[depth] = (templates[depth] ?? 0) + 1;
    if (token === "}" && depth >= 0) templates[depth] = (templates[depth] ?? 0) - 1;
    const resumes = token === "}" && (templates[depth] ?? 0) < 0;
    if (resumes) templates.pop();
    if (token === "`" || resumes) {
      at = endOfTemplatePart(text, at);
      if (text[at - 1] === "{") templates.push(0);
    }
    valueEnded = endsValue(kind, token) && text[at - 1] !== "{";
  }
  return { literals, built };
}

function tokenAt(text: string, at: number, valueEnded: boolean): { token: string; kind: string } {
  TOKEN.lastIndex = at;
  const groups = TOKEN.exec(text)?.groups ?? {};
  const [kind = "other", token = ""] = Object.entries(groups).find(([, found]) => found) ?? [];
  return kind === "regexp" && valueEnded ? { token: "/", kind: "other" } : { token, kind };
}

function endsValue(kind: string, token: string): boolean {
  if (kind === "word") return !BEFORE_A_VALUE.test(token);
  return kind === "text" || kind === "regexp" || [")", "]", "}", "`"].includes(token);
}

function splitLiteral(token: string): { source: string; flags: string } {
  const end = token.lastIndexOf("/");
  return { source: token.slice(1, end), flags: token.slice(end + 1) };
}

/** Just behind the closing backtick, or behind the next `${`. */
function endOfTemplatePart(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "`") return at + 1;
    else if (text[at] === "$" && text[at + 1] === "{") return at + 2;
  }
  return text.length;
}
