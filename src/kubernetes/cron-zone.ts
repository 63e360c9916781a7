import { DAY } from "./duration.ts";

/** A stretch of time in which a zone keeps one offset from UTC. Milliseconds; `end` is exclusive. */
export interface ZoneStretch {
  readonly start: number;
  readonly end: number;
  /** Local minus UTC. */
  readonly offset: number;
}

/** What Go's time.LoadLocation would know; offsets such as `+01:00` are no names to it. */
export function isTimeZone(name: string): boolean {
  if (!zoneName.test(name)) return false;
  try {
    return formatterFor(name) !== undefined;
  } catch {
    return false;
  }
}

const zoneName = /^[A-Za-z][A-Za-z0-9_+/-]*$/;

/** The time from `start` to `end` cut where the zone changes its offset; UTC is one stretch. */
export function zoneStretches(zone: string | undefined, start: number, end: number): ZoneStretch[] {
  if (zone === undefined) return [{ start, end, offset: 0 }];
  const offsetAt = offsetsOf(zone);
  const stretches: ZoneStretch[] = [];
  let begin = start;
  let offset = offsetAt(start);
  for (let at = start; at < end; at += DAY) {
    const next = Math.min(at + DAY, end);
    if (offsetAt(next) === offset) continue;
    const change = firstChange(offsetAt, at, next);
    stretches.push({ start: begin, end: change, offset });
    begin = change;
    offset = offsetAt(change);
  }
  if (begin < end) stretches.push({ start: begin, end, offset });
  return stretches;
}

type OffsetAt = (time: number) => number;

/** Offsets change at full seconds of UTC. */
function firstChange(offsetAt: OffsetAt, from: number, to: number): number {
  const before = offsetAt(from);
  let low = Math.floor(from / 1_000);
  let high = Math.ceil(to / 1_000);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * 1_000) === before) low = middle;
    else high = middle;
  }
  return high * 1_000;
}

function offsetsOf(zone: string): OffsetAt {
  const formatter = formatterFor(zone);
  return (time) => {
    const part = formatter.formatToParts(time).find(({ type }) => type === "timeZoneName");
    const match = gmtOffset.exec(part?.value ?? "");
    if (match === null) return 0;
    const [, sign, hours, minutes, seconds] = match;
    const size = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds ?? 0);
    return (sign === "-" ? -size : size) * 1_000;
  };
}

/** `GMT` or `GMT+05:30`. */
const gmtOffset = /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/;

function formatterFor(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
}
