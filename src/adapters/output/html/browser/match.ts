/** What a finding can be found by. */
export interface Entry {
  readonly mode: string;
  readonly practice: string;
  readonly rule: string;
  readonly namespace: string;
  /** The id of its object in the page. */
  readonly object: string;
  /** All of its words in lower case; asked for only when somebody searches. */
  readonly text: () => string;
}

/** What the reader wants to see; "" and undefined want everything. */
export interface Wanted {
  readonly modes: readonly string[];
  readonly practice: string;
  readonly rule: string;
  readonly namespace: string;
  readonly objects: readonly string[] | undefined;
  readonly words: readonly string[];
}

/** Words, and phrases in double quotes; all of them have to occur. */
export function wordsOf(query: string): readonly string[] {
  const found = query.toLowerCase().matchAll(/"([^"]+)"?|[^\s"]+/g);
  return [...found].map(([word, phrase]) => phrase ?? word).filter((word) => word.trim() !== "");
}

export function isWanted(entry: Entry, wanted: Wanted): boolean {
  if (!wanted.modes.includes(entry.mode)) return false;
  if (wanted.practice !== "" && wanted.practice !== entry.practice) return false;
  if (wanted.rule !== "" && wanted.rule !== entry.rule) return false;
  if (wanted.namespace !== "" && wanted.namespace !== entry.namespace) return false;
  if (wanted.objects !== undefined && !wanted.objects.includes(entry.object)) return false;
  return wanted.words.length === 0 || wanted.words.every((word) => entry.text().includes(word));
}

/** `58 of 94 findings`. */
export function countText(shown: number, all: number): string {
  const findings = all === 1 ? "finding" : "findings";
  return shown === all ? `${all} ${findings}` : `${shown} of ${all} ${findings}`;
}
