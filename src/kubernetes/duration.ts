const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Milliseconds per unit of Go's time.ParseDuration; both micro signs count. */
const GO_UNITS: ReadonlyMap<string, number> = new Map([
  ["ns", 1e-6],
  ["us", 1e-3],
  ["µs", 1e-3],
  ["μs", 1e-3],
  ["ms", 1],
  ["s", SECOND],
  ["m", MINUTE],
  ["h", HOUR],
]);

const goPart = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/** A Go duration is an int64 of nanoseconds. */
const MAX_GO = 2 ** 63 / 1e6;

/**
 * Milliseconds of a Go duration (time.ParseDuration): `720h`, `1h30m`, `-1.5s`, `0`. There are no
 * days: undefined for `30d`, as for everything else that Go refuses.
 */
export function parseGoDuration(text: string): number | undefined {
  const negative = text.startsWith("-");
  const body = negative || text.startsWith("+") ? text.slice(1) : text;
  if (body === "0") return 0;
  if (body === "") return undefined;
  let total = 0;
  goPart.lastIndex = 0;
  for (let at = 0; at < body.length; at = goPart.lastIndex) {
    const part = goPart.exec(body);
    if (part === null) return undefined;
    total += Number(part[1]) * (GO_UNITS.get(part[2] ?? "") ?? 0);
  }
  if (total >= MAX_GO) return undefined;
  return negative ? -total : total;
}

/**
 * For people: `45 s`, `90 min`, `25 h`, `28 d`. Round what has to reach a limit down (as is the
 * default) and what must not exceed one up, so that no text seems to keep it.
 */
export function spanText(
  milliseconds: number,
  round: (units: number) => number = Math.floor,
): string {
  const size = Math.abs(milliseconds);
  if (size >= 14 * DAY) return `${round(size / DAY)} d`;
  if (size >= 2 * HOUR) return `${round(size / HOUR)} h`;
  if (size >= 2 * MINUTE) return `${round(size / MINUTE)} min`;
  return `${round(size / SECOND)} s`;
}

/** An RFC 3339 time as milliseconds since the epoch; undefined for anything else. */
export function parseTime(value: unknown): number | undefined {
  if (typeof value !== "string" || !rfc3339.test(value)) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;
