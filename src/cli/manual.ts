/** What --help and the man page say of a command beyond its tables. */
export interface Manual {
  /** Paragraphs. */
  readonly description: readonly string[];
  /** Only what differs from the program's exit codes. */
  readonly exits?: Readonly<Record<number, string>>;
  readonly examples: readonly Example[];
  /** Other commands, and pages of the documentation. */
  readonly seeAlso: readonly string[];
}

export interface Example {
  /** `Judge what Helm renders` */
  readonly does: string;
  /** For bash, to be pasted as it is. */
  readonly line: string;
  /** Runs until it is stopped, or needs a cluster. */
  readonly needs?: "a stop signal" | "a cluster";
}

export const EXIT_CODES: Readonly<Record<number, string>> = {
  0: "fine, warnings included",
  1: "findings at or above --fail-on",
  2: "wrong usage, settings or policy",
  3: "the surroundings: an unreadable file, no cluster, no permission",
};
