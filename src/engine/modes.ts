/** From strictest to weakest: deny, allow with a warning, report only, not judged. */
export const MODES = ["enforce", "warn", "audit", "off"] as const;

export type Mode = (typeof MODES)[number];

const rank: Readonly<Record<Mode, number>> = { enforce: 0, warn: 1, audit: 2, off: 3 };

/** The weaker of two modes: what a cap does. */
export function cap(mode: Mode, limit: Mode): Mode {
  return rank[mode] >= rank[limit] ? mode : limit;
}

export function isWeaker(mode: Mode, than: Mode): boolean {
  return rank[mode] > rank[than];
}
