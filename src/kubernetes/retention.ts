const DAYS_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ["d", 1],
  ["w", 7],
  ["m", 30],
]);

const pattern = /^([1-9]\d*)([dwm])$/;

/** Days of a CNPG retentionPolicy: `30d`, `4w` (28), `1m` (30). undefined when it is none. */
export function parseRetention(text: string): number | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * (DAYS_PER_UNIT.get(match[2] ?? "") ?? 0);
}
