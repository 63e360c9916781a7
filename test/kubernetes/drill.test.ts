import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { drillFault } from "../../src/kubernetes/drill.ts";
import { DAY, MINUTE } from "../../src/kubernetes/duration.ts";

const NOW = Date.parse("2026-11-23T00:00:00Z");
const TERMS = { what: "drill", now: NOW, maxAge: 90 * DAY, latest: NOW + 5 * MINUTE };

suite("a note of when something was tried", () => {
  for (const [notes, fault] of [
    [["2026-11-01T00:00:00Z"], undefined],
    [[" 2026-11-01T00:00:00+03:00 "], undefined],
    [["nonsense", "2026-11-01T00:00:00Z"], undefined],
    [["2026-01-01T00:00:00Z", undefined, "2026-11-01T00:00:00Z"], undefined],
    [["2027-01-01T00:00:00Z", "2026-11-01T00:00:00Z"], undefined],
    [[], "no drill is noted"],
    [[undefined], "no drill is noted"],
    [[""], "the drill is noted by what is no RFC 3339 time"],
    [["2026-13-01T00:00:00Z"], "the drill is noted by what is no RFC 3339 time"],
    [["2027-01-01T00:00:00Z"], "the drill is noted for a time that is yet to come"],
    [["2026-08-01T00:00:00Z"], "the last drill was 114 d ago"],
  ] as const) {
    test(`${JSON.stringify(notes)}: ${fault ?? "is fine"}`, () => {
      assert.equal(drillFault(notes, TERMS), fault);
    });
  }
});
