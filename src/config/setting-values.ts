/** A value, or what would have been one: `a port from 0 to 65535`. */
export type ParsedValue<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly wanted: string };

const unitMillis: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A hundred years: longer is a slip, and near what a date can hold. */
const MAX_DURATION = 36_525 * 86_400_000;

export const parsers = {
  port: parsePort,
  count: parseCount,
  duration: parseDuration,
  boolean: parseBoolean,
  path: parseNonEmpty,
  string: parseNonEmpty,
} as const;

/** 0 lets the system choose. */
function parsePort(text: string): ParsedValue<number> {
  const value = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return value <= 65_535 ? { ok: true, value } : { ok: false, wanted: "a port from 0 to 65535" };
}

function parseCount(text: string): ParsedValue<number> {
  const value = /^[0-9]{1,3}$/.test(text) ? Number(text) : 0;
  return value > 0 ? { ok: true, value } : { ok: false, wanted: "a number from 1 to 999" };
}

/** `90d`, `24h`, `10m`, `30s`, `500ms` or `0`, in milliseconds. */
export function parseDuration(text: string): ParsedValue<number> {
  const wanted = "a duration such as 90d, 24h, 10m, 30s or 500ms";
  if (text === "0") return { ok: true, value: 0 };
  const match = /^([0-9]{1,12}(?:\.[0-9]{1,6})?)(ms|s|m|h|d)$/.exec(text);
  const unit = unitMillis[match?.[2] ?? ""];
  if (match === null || unit === undefined) return { ok: false, wanted };
  const value = Math.round(Number(match[1]) * unit);
  return value <= MAX_DURATION
    ? { ok: true, value }
    : { ok: false, wanted: `${wanted}, at most 36525d` };
}

/** The shortest exact form: `90d` for 7776000000. */
export function formatDuration(millis: number): string {
  if (millis === 0) return "0";
  const units = Object.entries(unitMillis).reverse();
  const [unit = "ms", size = 1] = units.find(([, length]) => millis % length === 0) ?? [];
  return `${millis / size}${unit}`;
}

function parseBoolean(text: string): ParsedValue<boolean> {
  if (text === "true") return { ok: true, value: true };
  return text === "false" ? { ok: true, value: false } : { ok: false, wanted: "true or false" };
}

function parseNonEmpty(text: string): ParsedValue<string> {
  return text === "" ? { ok: false, wanted: "some text" } : { ok: true, value: text };
}
