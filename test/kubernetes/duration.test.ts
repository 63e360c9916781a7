import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  DAY,
  HOUR,
  MINUTE,
  parseGoDuration,
  parseTime,
  spanText,
} from "../../src/kubernetes/duration.ts";
import { parseRetention } from "../../src/kubernetes/retention.ts";

test("a Go duration is a chain of numbers with units", () => {
  assert.equal(parseGoDuration("720h"), 30 * DAY);
  assert.equal(parseGoDuration("1h30m"), 90 * MINUTE);
  assert.equal(parseGoDuration("1.5h"), 90 * MINUTE);
  assert.equal(parseGoDuration(".5s"), 500);
  assert.equal(parseGoDuration("1.s"), 1_000);
  assert.equal(parseGoDuration("-2m"), -2 * MINUTE);
  assert.equal(parseGoDuration("+1m1ms"), MINUTE + 1);
  assert.equal(parseGoDuration("1µs"), 0.001);
  assert.equal(parseGoDuration("1μs"), 0.001);
  assert.equal(parseGoDuration("0"), 0);
  assert.equal(parseGoDuration("0s"), 0);
});

test("a Go duration knows no days, no blanks and no bare numbers", () => {
  for (const text of ["30d", "4w", "", "-", "1", "1 h", "h", "1h ", ".h", "1h-1m", "3000000h"]) {
    assert.equal(parseGoDuration(text), undefined, text);
  }
});

test("a Go duration of hours, minutes and seconds is their sum", () => {
  const parts = fc.tuple(fc.nat(999), fc.nat(999), fc.nat(999));
  fc.assert(
    fc.property(parts, ([h, m, s]) => {
      assert.equal(parseGoDuration(`${h}h${m}m${s}s`), h * HOUR + m * MINUTE + s * 1_000);
    }),
  );
});

test("a CNPG retention counts days, weeks of 7 and months of 30 days", () => {
  assert.equal(parseRetention("30d"), 30);
  assert.equal(parseRetention("4w"), 28);
  assert.equal(parseRetention("1m"), 30);
  for (const text of ["0d", "30", "d", "30D", "1y", "-1d", "1.5d", " 1d", ""]) {
    assert.equal(parseRetention(text), undefined, text);
  }
});

test("a span of time is told in the unit that people think in", () => {
  assert.equal(spanText(45_000), "45 s");
  assert.equal(spanText(90 * MINUTE), "90 min");
  assert.equal(spanText(25 * HOUR + 59 * MINUTE), "25 h");
  assert.equal(spanText(168 * HOUR), "168 h");
  assert.equal(spanText(28 * DAY), "28 d");
});

test("a time is RFC 3339 and nothing that Date.parse would also take", () => {
  assert.equal(parseTime("2026-11-23T00:00:00Z"), Date.parse("2026-11-23T00:00:00Z"));
  assert.equal(parseTime("2026-11-23T01:00:00.5+01:00"), Date.parse("2026-11-23T00:00:00.5Z"));
  for (const value of ["2026", "yesterday", "2026-13-01T00:00:00Z", 5, null, undefined]) {
    assert.equal(parseTime(value), undefined);
  }
});
