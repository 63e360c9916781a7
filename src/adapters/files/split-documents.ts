/** A document of a stream: [start, end) in its text, the `---` line included. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts a stream at its document markers, before any parsing: `---` in the first column ends a
 * document whatever came before it, so a broken document cannot swallow the next one.
 */
export function splitDocuments(text: string): Chunk[] {
  const chunks: Chunk[] = [];
  let start = 0;
  const push = (end: number): void => {
    // Directives belong to the document whose `---` follows.
    if (hasDirectivesOnly(text, start, end)) return;
    if (hasContent(text, start, end)) chunks.push({ start, end });
    start = end;
  };
  for (const [at, marker] of markersOf(text)) {
    if (marker === "---") push(at);
    else {
      const lineEnd = text.indexOf("\n", at);
      push(lineEnd < 0 ? text.length : lineEnd + 1);
    }
  }
  if (hasContent(text, start, text.length)) chunks.push({ start, end: text.length });
  return chunks;
}

/** JSON values written one after the other, as `kubectl get -o json` twice in a row does. */
export function splitJsonValues(text: string, chunk: Chunk): Chunk[] {
  const chunks: Chunk[] = [];
  let depth = 0;
  let start = -1;
  for (let at = chunk.start; at < chunk.end; at++) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at);
    else if (char === "{" || char === "[") {
      if (depth === 0) start = at;
      depth++;
    } else if (char === "}" || char === "]") {
      depth--;
      if (depth === 0) chunks.push({ start, end: at + 1 });
    }
  }
  return depth === 0 ? chunks : [];
}

function* markersOf(text: string): Generator<[number, string]> {
  // Not /^…/m: that would also match after a lone CR or U+2028.
  for (const match of text.matchAll(/(?:^|\n)(---|\.\.\.)(?=[ \t\r\n]|$)/g)) {
    const marker = match[1] ?? "";
    yield [match.index + match[0].length - marker.length, marker];
  }
}

function hasContent(text: string, start: number, end: number): boolean {
  for (const line of linesOf(text, start, end)) {
    const rest = line.startsWith("---") ? line.slice(3).trim() : line.trim();
    if (rest !== "" && !rest.startsWith("#") && rest !== "...") return true;
  }
  return false;
}

function hasDirectivesOnly(text: string, start: number, end: number): boolean {
  let found = false;
  for (const line of linesOf(text, start, end)) {
    if (line.startsWith("%")) found = true;
    else if (line.trim() !== "" && !line.startsWith("#")) return false;
  }
  return found;
}

function* linesOf(text: string, start: number, end: number): Generator<string> {
  for (let at = start; at < end; ) {
    const next = text.indexOf("\n", at);
    const stop = next < 0 || next >= end ? end : next;
    yield text.slice(at, stop);
    at = stop + 1;
  }
}

function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
