import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { flagOf, keyOf, variableOf } from "../../src/config/setting-names.ts";
import { formatDuration, parseDuration, parsers } from "../../src/config/setting-values.ts";
import { KNOWN_KEYS } from "../../src/config/settings-all.ts";

function millis(text: string): number | undefined {
  const parsed = parseDuration(text);
  return parsed.ok ? parsed.value : undefined;
}

test("a duration is a number with a unit, or 0", () => {
  assert.equal(millis("90d"), 90 * 86_400_000);
  assert.equal(millis("24h"), 86_400_000);
  assert.equal(millis("10m"), 600_000);
  assert.equal(millis("1.5s"), 1500);
  assert.equal(millis("500ms"), 500);
  assert.equal(millis("0"), 0);
});

test("a duration without a unit, with a sign or beyond a century is refused", () => {
  for (const text of ["", "10", "-1s", "1y", "1 d", "1d2h", "1e3s", "99999d", "٣d"]) {
    assert.equal(millis(text), undefined, text);
  }
});

test("a formatted duration parses to itself", () => {
  fc.assert(
    fc.property(fc.nat(2_000_000_000), (value) => {
      assert.equal(millis(formatDuration(value)), value);
    }),
  );
});

test("a port is a whole number that TCP knows", () => {
  assert.deepEqual(parsers.port("65535"), { ok: true, value: 65_535 });
  for (const text of ["65536", "-1", "1.0", "0x10", "", " 1"]) {
    assert.equal(parsers.port(text).ok, false, text);
  }
});

test("key, flag and variable of a setting lead back to each other", () => {
  assert.equal(flagOf("opsPort"), "--ops-port");
  assert.equal(variableOf("opsPort"), "KEYMATE_GUARD_OPS_PORT");
  for (const key of KNOWN_KEYS) assert.equal(keyOf(flagOf(key).slice(2)), key);
});
