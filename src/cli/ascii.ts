/** Our own punctuation that ASCII has not, and what typewriters made of it. */
const SUBSTITUTES: ReadonlyMap<string, string> = new Map([
  ["—", "-"],
  ["–", "-"],
  ["…", "..."],
  ["→", "->"],
  ["≥", ">="],
  ["≤", "<="],
  ["×", "x"],
  ["·", "-"],
  ["“", '"'],
  ["”", '"'],
]);

const WORD = new RegExp(`[${[...SUBSTITUTES.keys()].join("")}]`, "g");

export function asciiPunctuation(text: string): string {
  return text.replace(WORD, (char) => SUBSTITUTES.get(char) ?? char);
}

/**
 * Whether a terminal of this locale shows UTF-8. One that says nothing is taken to: containers
 * rarely set a locale, and their terminals are those of the people who look into them.
 */
export function showsUtf8(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"];
  if (!locale) return true;
  return /utf-?8/i.test(locale);
}
