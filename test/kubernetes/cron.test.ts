import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type CronDialect, type CronSchedule, parseCron } from "../../src/kubernetes/cron.ts";
import { largestGap, nextFires } from "../../src/kubernetes/cron-fires.ts";
import { DAY, HOUR, MINUTE } from "../../src/kubernetes/duration.ts";

const NOW = Date.parse("2026-11-23T00:00:00Z");

function parsed(text: string, dialect: CronDialect = "velero", zone?: string): CronSchedule {
  const schedule = parseCron(text, dialect, zone);
  if (schedule.kind === "mistake") assert.fail(`${text}: ${schedule.reason}`);
  return schedule;
}

function firesOf(text: string, dialect: CronDialect, count = 2, from = NOW): string[] {
  return nextFires(parsed(text, dialect), from, count).map((time) => new Date(time).toISOString());
}

function reasonOf(text: string, dialect: CronDialect = "velero"): string | undefined {
  const schedule = parseCron(text, dialect);
  return schedule.kind === "mistake" ? schedule.reason : undefined;
}

function gapOf(text: string, dialect: CronDialect = "velero", from = NOW): number {
  return largestGap(parsed(text, dialect), from).longest;
}

test("a Velero schedule has five fields, minute first", () => {
  assert.deepEqual(firesOf("30 2 * * *", "velero"), [
    "2026-11-23T02:30:00.000Z",
    "2026-11-24T02:30:00.000Z",
  ]);
  assert.match(reasonOf("0 30 2 * * *") ?? "", /has 6 fields, 5 are needed/);
});

test("a CNPG schedule of five fields begins with the second, and a sixth one is the day of week", () => {
  // Meant as 00:05 every day; it is minute 5 of every hour, on day 1 of the month at second 0.
  assert.deepEqual(firesOf("0 5 0 1 *", "cnpg"), [
    "2026-12-01T00:05:00.000Z",
    "2027-01-01T00:05:00.000Z",
  ]);
  assert.deepEqual(firesOf("0 0 3 * * mon", "cnpg", 1), ["2026-11-23T03:00:00.000Z"]);
  assert.match(reasonOf("0 0 3 *", "cnpg") ?? "", /has 4 fields, 5 or 6 are needed/);
});

test("descriptors and @every are read in every dialect", () => {
  for (const dialect of ["velero", "cnpg", "cronjob"] as const) {
    assert.deepEqual(firesOf("@daily", dialect, 1), ["2026-11-24T00:00:00.000Z"]);
    assert.deepEqual(firesOf("@every 12h", dialect, 1), ["2026-11-23T12:00:00.000Z"]);
  }
  assert.equal(gapOf("@every 36h"), 36 * HOUR);
  assert.equal(gapOf("@every 0.2s"), 1_000);
  assert.match(reasonOf("@every 1d") ?? "", /no Go duration/);
  assert.match(reasonOf("@fortnightly") ?? "", /descriptor/);
});

test("only Velero takes a zone in front of the fields, a CronJob has it beside them", () => {
  assert.deepEqual(firesOf("CRON_TZ=Europe/Berlin 0 3 * * *", "velero", 1), [
    "2026-11-23T02:00:00.000Z",
  ]);
  assert.deepEqual(firesOf("TZ=Asia/Kolkata 0 3 * * *", "velero", 1), ["2026-11-23T21:30:00.000Z"]);
  assert.notEqual(reasonOf("CRON_TZ=Europe/Berlin 0 3 * * *", "cronjob"), undefined);
  assert.notEqual(reasonOf("CRON_TZ=Europe/Berlin 0 0 3 * * *", "cnpg"), undefined);
  assert.match(reasonOf("TZ=Mars/Olympus 0 3 * * *") ?? "", /unknown time zone/);
  assert.match(reasonOf("TZ=+01:00 0 3 * * *") ?? "", /unknown time zone/);
  const zoned = parseCron("0 3 * * *", "cronjob", "Europe/Berlin");
  assert.equal(zoned.kind, "calendar");
});

test("days of month and week are alternatives when both are restricted, else both have to match", () => {
  // The 1st and every Monday.
  assert.deepEqual(firesOf("0 0 1 * 1", "velero", 3), [
    "2026-11-30T00:00:00.000Z",
    "2026-12-01T00:00:00.000Z",
    "2026-12-07T00:00:00.000Z",
  ]);
  assert.deepEqual(firesOf("0 0 * * 1", "velero", 1), ["2026-11-30T00:00:00.000Z"]);
});

test("a stepped star is a restriction to robfig v3 and a star to v1", () => {
  // v3: every second day of the month or Mondays; v1: only Mondays on such days.
  assert.deepEqual(firesOf("0 0 */2 * 1", "velero", 2), [
    "2026-11-25T00:00:00.000Z",
    "2026-11-27T00:00:00.000Z",
  ]);
  assert.deepEqual(firesOf("0 0 0 */2 * 1", "cnpg", 2), [
    "2026-12-07T00:00:00.000Z",
    "2026-12-21T00:00:00.000Z",
  ]);
});

test("fields take ranges, steps, lists and names, and nothing that robfig refuses", () => {
  assert.deepEqual(firesOf("0 1-5/2,23 * JAN-feb Mon", "velero", 2), [
    "2027-01-04T01:00:00.000Z",
    "2027-01-04T03:00:00.000Z",
  ]);
  assert.deepEqual(firesOf("50/5 * * * *", "velero", 2), [
    "2026-11-23T00:50:00.000Z",
    "2026-11-23T00:55:00.000Z",
  ]);
  for (const text of [
    "",
    "* * * *",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * * 13 *",
    "* * * * 7",
    "5-1 * * * *",
    "*/0 * * * *",
    "1/2/3 * * * *",
    "1-2-3 * * * *",
    "x * * * *",
    "-1 * * * *",
  ]) {
    assert.notEqual(reasonOf(text), undefined, text);
  }
});

test("the largest gap of a daily schedule is a day, and 25 hours where the clock is put back", () => {
  assert.equal(gapOf("0 3 * * *"), DAY);
  assert.equal(gapOf("*/10 * * * *"), 10 * MINUTE);
  const berlin = largestGap(parsed("CRON_TZ=Europe/Berlin 30 3 * * *"), NOW);
  assert.deepEqual(berlin, { longest: 25 * HOUR, fires: true, clockChanges: true });
  assert.equal(largestGap(parsed("CRON_TZ=Asia/Tokyo 30 3 * * *"), NOW).clockChanges, false);
});

test("a schedule inside the hour that the clock skips misses that day", () => {
  assert.equal(gapOf("CRON_TZ=Europe/Berlin 30 2 * * *"), 47 * HOUR);
});

test("the largest gap of schedules by week, weekday, month and leap year", () => {
  assert.equal(gapOf("0 3 * * 0"), 7 * DAY);
  assert.equal(gapOf("0 3 * * 1-5"), 3 * DAY);
  assert.equal(gapOf("@monthly"), 31 * DAY);
  assert.equal(gapOf("0 0 31 * *"), 61 * DAY);
  assert.equal(gapOf("@yearly", "velero", Date.parse("2026-12-15T00:00:00Z")), 365 * DAY);
  assert.deepEqual(largestGap(parsed("0 0 29 2 *"), NOW), {
    longest: 400 * DAY,
    fires: false,
    clockChanges: false,
  });
  assert.equal(largestGap(parsed("0 0 30 2 *"), NOW).fires, false);
});

test("a schedule of every second is walked in passing", () => {
  assert.equal(gapOf("* * * * * *", "cnpg"), 1_000);
});

const ZONES = [
  undefined,
  "Europe/Berlin",
  "America/Sao_Paulo",
  "Australia/Lord_Howe",
  "Asia/Kolkata",
];
/** Around changes of the clock, a month's end and a year's end. */
const STARTS = [
  "2026-03-28T20:10:30Z",
  "2026-10-24T10:00:00Z",
  "2026-10-31T22:00:00Z",
  "2026-04-04T03:00:00Z",
];

const someValues = (min: number, max: number) =>
  fc.oneof(
    fc.constant("*"),
    fc.integer({ min: 2, max: 9 }).map((step) => `*/${step}`),
    fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 3 }).map((v) => v.join()),
  );

/** Every minute of the span whose wall clock matches, by a second opinion of what a field means. */
function bruteFires(text: string, zone: string | undefined, from: number, days: number): number[] {
  const fields = text.split(" ");
  const clock = new Intl.DateTimeFormat("en-US", {
    timeZone: zone ?? "UTC",
    hourCycle: "h23",
    month: "numeric",
    day: "numeric",
    weekday: "short",
    hour: "numeric",
    minute: "numeric",
  });
  const fires: number[] = [];
  for (let at = Math.ceil((from + 1) / MINUTE) * MINUTE; at < from + days * DAY; at += MINUTE) {
    const parts = Object.fromEntries(
      clock.formatToParts(at).map(({ type, value }) => [type, value]),
    );
    if (wallMatches(fields, parts)) fires.push(at);
  }
  return fires;
}

function wallMatches(fields: readonly string[], wall: Record<string, string>): boolean {
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = fields;
  const dayOfWeek = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"].indexOf(
    wall["weekday"] ?? "",
  );
  const onDay = inField(day, Number(wall["day"]), 1);
  const onWeekday = inField(weekday, dayOfWeek, 0);
  const both = day === "*" || weekday === "*";
  return (
    inField(minute, Number(wall["minute"]), 0) &&
    inField(hour, Number(wall["hour"]), 0) &&
    inField(month, Number(wall["month"]), 1) &&
    (both ? onDay && onWeekday : onDay || onWeekday)
  );
}

function inField(field: string, value: number, min: number): boolean {
  if (field === "*") return true;
  if (field.startsWith("*/")) return (value - min) % Number(field.slice(2)) === 0;
  return field.split(",").map(Number).includes(value);
}

const anySchedule = fc
  .tuple(
    someValues(0, 59),
    someValues(0, 23),
    someValues(1, 31),
    someValues(1, 12),
    someValues(0, 6),
  )
  .map((fields) => fields.join(" "));

test("fires are exactly the instants whose wall clock matches, in every zone and across its changes", () => {
  fc.assert(
    fc.property(
      anySchedule,
      fc.constantFrom(...ZONES),
      fc.constantFrom(...STARTS),
      (text, zone, start) => {
        const from = Date.parse(start);
        const brute = bruteFires(text, zone, from, 3).slice(0, 500);
        const schedule = parsed(text, "cronjob", zone);
        assert.deepEqual(
          nextFires(schedule, from, 500).filter((time) => time < from + 3 * DAY),
          brute,
        );
      },
    ),
    { numRuns: 60 },
  );
});

test("the largest gap is the largest distance of neighbouring fires", () => {
  const rare = fc
    .tuple(fc.integer({ min: 0, max: 23 }), someValues(0, 23), someValues(1, 31), someValues(0, 6))
    .map(([minute, hour, day, weekday]) => `${minute} ${hour} ${day} * ${weekday}`);
  fc.assert(
    fc.property(
      rare,
      fc.constantFrom(...ZONES),
      fc.constantFrom(...STARTS),
      (text, zone, start) => {
        const from = Date.parse(start);
        const schedule = parsed(text, "cronjob", zone);
        const times = [from, ...nextFires(schedule, from, 20_000), from + 400 * DAY];
        let longest = 0;
        for (const [index, time] of times.entries()) {
          longest = Math.max(longest, time - (times[index - 1] ?? time));
        }
        assert.equal(largestGap(schedule, from).longest, longest);
      },
    ),
    { numRuns: 60 },
  );
});

test("no text makes the parser or the walk throw", () => {
  const pieces = fc.array(
    fc.constantFrom("*", "/", "-", ",", " ", "1", "60", "@every ", "TZ=", "UTC", "mon", "?"),
  );
  fc.assert(
    fc.property(pieces, fc.constantFrom("velero", "cnpg", "cronjob"), (parts, dialect) => {
      const schedule = parseCron(parts.join(""), dialect as CronDialect);
      if (schedule.kind !== "mistake") largestGap(schedule, NOW);
    }),
    { numRuns: 200 },
  );
});
