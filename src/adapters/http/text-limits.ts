/** Runes a warning keeps once a response exceeds the API server's total of 4,096. */
const WARNING_RUNES = 256;
const WARNINGS_RUNES = 4_000;
const WARNING_COUNT = 20;

// Line ends, other controls and marks that reorder what a terminal shows.
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;
const UNPRINTABLE_BUT_NEWLINE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  /[\0-\t\v-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** One line of well-formed text of at most `limit` UTF-16 units, hence at most as many runes. */
export function singleLine(text: string, limit: number): string {
  // Cut before cleaning, or a hostile megabyte is cleaned for nothing.
  return cut(
    text
      .slice(0, 2 * limit)
      .toWellFormed()
      .replace(UNPRINTABLE, " ")
      .trim(),
    limit,
  );
}

/** Several lines, otherwise as `singleLine`. */
export function multiLine(text: string, limit: number): string {
  return cut(
    text
      .slice(0, 2 * limit)
      .toWellFormed()
      .replace(UNPRINTABLE_BUT_NEWLINE, " ")
      .trim(),
    limit,
  );
}

/** Warnings that the API server passes on whole: it drops unprintable ones and cuts long answers. */
export function limitWarnings(warnings: readonly string[]): readonly string[] {
  const lines = new Set<string>();
  for (const warning of warnings) {
    const line = singleLine(warning, WARNING_RUNES);
    if (line !== "") lines.add(line);
  }
  const kept: string[] = [];
  let runes = 0;
  for (const line of lines) {
    runes += line.length;
    if (runes > WARNINGS_RUNES || (kept.length === WARNING_COUNT - 1 && lines.size > WARNING_COUNT))
      break;
    kept.push(line);
  }
  if (kept.length < lines.size) kept.push(`and ${lines.size - kept.length} more warnings`);
  return kept;
}

function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = isHighSurrogate(text.charCodeAt(limit - 2)) ? limit - 2 : limit - 1;
  return `${text.slice(0, end)}…`;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
