import type { CronCalendar, CronSchedule } from "./cron.ts";
import { type ZoneStretch, zoneStretches } from "./cron-zone.ts";
import { DAY } from "./duration.ts";

/** How far ahead a schedule is looked at: a year, its leap day and a month more. */
export const HORIZON = 400 * DAY;

const DAY_SECONDS = 86_400;

/** Times of one day, in seconds since its midnight. */
interface DayTimes {
  readonly first: number;
  readonly last: number;
  /** Largest distance of two neighbours. */
  readonly gap: number;
}

/** The longest that a schedule leaves between two runs. */
export interface CronGap {
  /** Milliseconds; a schedule that never fires within the horizon has the whole of it. */
  readonly longest: number;
  readonly fires: boolean;
  /** Its zone changes its offset, which alone stretches one day to 25 hours. */
  readonly clockChanges: boolean;
}

/** Walks the 400 days behind `from`, in which waiting for the first and after the last run counts. */
export function largestGap(schedule: CronSchedule, from: number): CronGap {
  if (schedule.kind === "interval") {
    return { longest: schedule.every, fires: true, clockChanges: false };
  }
  const end = from + HORIZON;
  const stretches = zoneStretches(schedule.zone, from, end);
  const wholeDay = timesBetween(schedule, 0, DAY_SECONDS);
  let previous = from;
  let longest = 0;
  let fires = false;
  for (const { day, low, high, offset } of matchingDays(schedule, stretches)) {
    const isWhole = low === 0 && high === DAY_SECONDS;
    const times = isWhole ? wholeDay : timesBetween(schedule, low, high);
    if (times === undefined) continue;
    const first = day + times.first * 1_000 - offset;
    longest = Math.max(longest, first - previous, times.gap * 1_000);
    previous = day + times.last * 1_000 - offset;
    fires = true;
  }
  return {
    longest: fires ? Math.max(longest, end - previous) : HORIZON,
    fires,
    clockChanges: stretches.length > 1,
  };
}

/** The first runs after `from`, fewer when there are no more within the horizon. */
export function nextFires(schedule: CronSchedule, from: number, count: number): number[] {
  if (schedule.kind === "interval") {
    return Array.from({ length: count }, (_, index) => from + (index + 1) * schedule.every);
  }
  const fires: number[] = [];
  const stretches = zoneStretches(schedule.zone, from + 1, from + HORIZON);
  for (const { day, low, high, offset } of matchingDays(schedule, stretches)) {
    for (let at = timeFrom(schedule, low); at < high; at = timeFrom(schedule, at + 1)) {
      fires.push(day + at * 1_000 - offset);
      if (fires.length === count) return fires;
    }
  }
  return fires;
}

interface DayPart {
  /** Midnight of the local date, as if it were UTC. */
  readonly day: number;
  /** Seconds since midnight, from and up to but not including. */
  readonly low: number;
  readonly high: number;
  readonly offset: number;
}

/** Local days that match, cut where the clock is changed: skipped times never come, doubled ones twice. */
function* matchingDays(
  schedule: CronCalendar,
  stretches: readonly ZoneStretch[],
): Iterable<DayPart> {
  for (const { start, end, offset } of stretches) {
    const localStart = start + offset;
    const localEnd = end + offset;
    for (let day = Math.floor(localStart / DAY) * DAY; day < localEnd; day += DAY) {
      if (!isOn(schedule, new Date(day))) continue;
      const low = Math.max(0, Math.ceil((localStart - day) / 1_000));
      const high = Math.min(DAY_SECONDS, Math.ceil((localEnd - day) / 1_000));
      if (low < high) yield { day, low, high, offset };
    }
  }
}

function isOn(schedule: CronCalendar, date: Date): boolean {
  if (!schedule.months.has(date.getUTCMonth() + 1)) return false;
  const dayOfMonth = schedule.daysOfMonth.has(date.getUTCDate());
  const dayOfWeek = schedule.daysOfWeek.has(date.getUTCDay());
  return schedule.bothDays ? dayOfMonth && dayOfWeek : dayOfMonth || dayOfWeek;
}

function timesBetween(schedule: CronCalendar, low: number, high: number): DayTimes | undefined {
  const first = timeFrom(schedule, low);
  if (first >= high) return undefined;
  let last = first;
  let gap = 0;
  for (let at = timeFrom(schedule, first + 1); at < high; at = timeFrom(schedule, at + 1)) {
    gap = Math.max(gap, at - last);
    last = at;
  }
  return { first, last, gap };
}

/** The first matching second of the day that is not before `from`; a day's length when none is left. */
function timeFrom({ hours, minutes, seconds }: CronCalendar, from: number): number {
  const atHour = Math.floor(from / 3_600);
  for (const hour of hours) {
    if (hour < atHour) continue;
    const inHour = Math.max(0, from - hour * 3_600);
    const atMinute = Math.floor(inHour / 60);
    for (const minute of minutes) {
      if (minute < atMinute) continue;
      const inMinute = Math.max(0, inHour - minute * 60);
      const second = seconds.find((value) => value >= inMinute);
      if (second !== undefined) return hour * 3_600 + minute * 60 + second;
    }
  }
  return DAY_SECONDS;
}
