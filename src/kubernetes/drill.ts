import { parseTime, spanText } from "./duration.ts";

export interface DrillTerms {
  /** `alert drill`, for people. */
  readonly what: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly maxAge: number;
  /** Later times are not believed. */
  readonly latest: number;
}

/**
 * What is wrong with the newest of some notes about when something was last tried; undefined when it
 * is new enough. Notes may hold anything and are not repeated.
 */
export function drillFault(
  notes: readonly (string | undefined)[],
  { what, now, maxAge, latest }: DrillTerms,
): string | undefined {
  const written = notes.filter((note) => note !== undefined);
  if (written.length === 0) return `no ${what} is noted`;
  const times = written.flatMap((note) => parseTime(note.trim()) ?? []);
  if (times.length === 0) return `the ${what} is noted by what is no RFC 3339 time`;
  const past = times.filter((time) => time <= latest);
  if (past.length === 0) return `the ${what} is noted for a time that is yet to come`;
  const age = now - Math.max(...past);
  return age <= maxAge ? undefined : `the last ${what} was ${spanText(age, Math.ceil)} ago`;
}
