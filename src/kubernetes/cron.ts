import {
  type CronField,
  DAYS_OF_MONTH,
  DAYS_OF_WEEK,
  type FieldBounds,
  HOURS,
  MINUTES,
  MONTHS_OF_YEAR,
  parseCronField,
  SECONDS,
} from "./cron-field.ts";
import { isTimeZone } from "./cron-zone.ts";
import { parseGoDuration } from "./duration.ts";

/**
 * - `velero`: robfig/cron v3 ParseStandard: five fields, descriptors, `@every`, `CRON_TZ=`
 * - `cnpg`: robfig/cron v1 Parse: seconds first, day of week optional, descriptors, `@every`
 * - `cronjob`: as velero without `CRON_TZ=`; the zone comes from spec.timeZone
 */
export type CronDialect = "velero" | "cnpg" | "cronjob";

/** `@every`: so many milliseconds after the run before. */
export interface CronInterval {
  readonly kind: "interval";
  readonly every: number;
}

/** Fires at every instant whose wall clock in `zone` matches. */
export interface CronCalendar {
  readonly kind: "calendar";
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: ReadonlySet<number>;
  readonly daysOfMonth: ReadonlySet<number>;
  readonly daysOfWeek: ReadonlySet<number>;
  /** A day has to match both when either is unrestricted, else one of the two is enough. */
  readonly bothDays: boolean;
  /** IANA name; undefined for UTC. */
  readonly zone: string | undefined;
}

export type CronSchedule = CronInterval | CronCalendar;

/** Why a controller would refuse the schedule: `has 4 fields, 5 are needed`. */
export interface CronMistake {
  readonly kind: "mistake";
  readonly reason: string;
}

interface Dialect {
  readonly fields: readonly FieldBounds[];
  readonly optionalWeekday: boolean;
  readonly zonePrefix: boolean;
  readonly steppedStar: boolean;
}

const FIVE = [MINUTES, HOURS, DAYS_OF_MONTH, MONTHS_OF_YEAR, DAYS_OF_WEEK];
const V3: Dialect = { fields: FIVE, optionalWeekday: false, zonePrefix: true, steppedStar: false };

const DIALECTS: Readonly<Record<CronDialect, Dialect>> = {
  velero: V3,
  cronjob: { ...V3, zonePrefix: false },
  cnpg: {
    fields: [SECONDS, ...FIVE],
    optionalWeekday: true,
    zonePrefix: false,
    steppedStar: true,
  },
};

const DESCRIPTORS: ReadonlyMap<string, string> = new Map([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
]);

const EVERY = "@every ";

/**
 * Reads a schedule as its controller does. `zone` is spec.timeZone of a CronJob; controllers run
 * in UTC unless a zone is written.
 */
export function parseCron(
  text: string,
  dialect: CronDialect,
  zone?: string,
): CronSchedule | CronMistake {
  const rules = DIALECTS[dialect];
  const prefixed = rules.zonePrefix ? zonePrefix.exec(text) : null;
  const named = prefixed === null ? zone : (prefixed[1] ?? "");
  const place = named === "" || named === "UTC" || named === "Local" ? undefined : named;
  if (place !== undefined && !isTimeZone(place)) return mistake("names an unknown time zone");
  const schedule = prefixed === null ? text.trim() : text.slice(prefixed[0].length).trim();
  if (schedule.startsWith("@")) return parseDescriptor(schedule, place);
  return parseFields(schedule, rules, place);
}

const zonePrefix = /^(?:CRON_)?TZ=(\S*)\s/;

function parseDescriptor(text: string, zone: string | undefined): CronSchedule | CronMistake {
  if (text.startsWith(EVERY)) {
    const period = parseGoDuration(text.slice(EVERY.length));
    if (period === undefined) return mistake("has no Go duration after @every");
    // ConstantDelaySchedule: whole seconds, one at least.
    return { kind: "interval", every: Math.max(1, Math.floor(period / 1_000)) * 1_000 };
  }
  const fields = DESCRIPTORS.get(text);
  return fields === undefined ? mistake("is no known descriptor") : parseFields(fields, V3, zone);
}

function parseFields(
  text: string,
  dialect: Dialect,
  zone: string | undefined,
): CronSchedule | CronMistake {
  const parts = text.split(blanks).filter((part) => part !== "");
  const wanted = dialect.fields.length;
  if (dialect.optionalWeekday && parts.length === wanted - 1) parts.push("*");
  if (parts.length !== wanted) {
    const count = dialect.optionalWeekday ? `${wanted - 1} or ${wanted}` : String(wanted);
    return mistake(`has ${parts.length} fields, ${count} are needed`);
  }
  const fields: CronField[] = [];
  for (const [index, bounds] of dialect.fields.entries()) {
    const field = parseCronField(parts[index] ?? "", bounds, dialect);
    if (typeof field === "string") return mistake(`is wrong: ${field}`);
    fields.push(field);
  }
  return calendarOf(fields, zone);
}

const blanks = /\s+/;

function calendarOf(fields: readonly CronField[], zone: string | undefined): CronCalendar {
  const [minutes, hours, days, months, weekdays] = fields.slice(-5);
  const seconds = fields.length > 5 ? fields[0] : undefined;
  return {
    kind: "calendar",
    seconds: seconds?.values ?? [0],
    minutes: minutes?.values ?? [],
    hours: hours?.values ?? [],
    months: new Set(months?.values),
    daysOfMonth: new Set(days?.values),
    daysOfWeek: new Set(weekdays?.values),
    bothDays: days?.star === true || weekdays?.star === true,
    zone,
  };
}

function mistake(reason: string): CronMistake {
  return { kind: "mistake", reason };
}
