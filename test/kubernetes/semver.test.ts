import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareVersions, parseVersion } from "../../src/kubernetes/semver.ts";

function compare(left: string, right: string): number | undefined {
  const one = parseVersion(left);
  const other = parseVersion(right);
  assert.ok(one !== undefined && other !== undefined);
  const result = compareVersions(one, other);
  return result === undefined ? undefined : Math.sign(result);
}

test("a version is ordered by its numbers, with or without v", () => {
  assert.equal(compare("16.3", "16.4"), -1);
  assert.equal(compare("v1.10.0", "1.9.0"), 1);
  assert.equal(compare("2024.10.1", "2024.9.9"), 1);
});

test("builds of one version are equal, prereleases come before it", () => {
  assert.equal(compare("16.3-bookworm", "16.3-bullseye"), 0);
  assert.equal(compare("26.1.0-0", "26.1.0-1"), 0);
  assert.equal(compare("1.2.0-rc.1", "1.2.0"), -1);
  assert.equal(compare("1.2.0-rc.2", "1.2.0-rc.10"), -1);
  assert.equal(compare("1.2.0-alpha.1", "1.2.0-beta"), -1);
  assert.equal(compare("1.2.0-rc.1", "1.2.0-rc.1.1"), -1);
  assert.equal(compare("1.2.0-alpine3.20", "1.2.0"), 0);
});

test("a shorter version cannot be ordered within what it leaves open", () => {
  assert.equal(compare("16", "16.3"), undefined);
  assert.equal(compare("16", "17.1"), -1);
});

test("a tag that does not begin with a number is no version", () => {
  for (const tag of ["stable", "latest", "sha-1f2e", "v", ""]) {
    assert.equal(parseVersion(tag), undefined, tag);
  }
});

test("comparing versions the other way round gives the opposite", () => {
  const version = fc
    .tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.constantFrom("", "-rc.1", "-beta.2", "-alpine"))
    .map(([a, b, c, suffix]) => `${a}.${b}.${c}${suffix}`);
  fc.assert(
    fc.property(version, version, (left, right) => {
      assert.equal(compare(left, right), 0 - (compare(right, left) ?? 0));
    }),
  );
});
