import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { type AddressRange, coveredFamily, parseCidr } from "../../src/kubernetes/cidr.ts";

function covered(...cidrs: string[]): 4 | 6 | undefined {
  return coveredFamily(cidrs.map(parseCidr).filter((range): range is AddressRange => !!range));
}

suite("a CIDR", () => {
  for (const text of [
    "10.0.0.0/8",
    "10.1.2.3/0",
    "010.0.0.0/8",
    "::/0",
    "2001:db8::/32",
    "1:2:3:4:5:6:7:8/128",
    "::ffff:10.0.0.0/104",
    "fe80::1/64",
  ]) {
    test(`is ${text}`, () => assert.ok(parseCidr(text)));
  }

  for (const text of [
    "",
    "10.0.0.0",
    "10.0.0/8",
    "10.0.0.0/33",
    "10.0.0.256/8",
    "::/129",
    "1::2::3/64",
    "1:2:3:4:5:6:7/64",
    "12345::/16",
    "a/b",
    "10.0.0.0/8/8",
    "10.0.0.0/-1",
    "9".repeat(100),
  ]) {
    test(`is not ${JSON.stringify(text)}`, () => assert.equal(parseCidr(text), undefined));
  }

  test("of mapped IPv4 addresses is one of IPv4", () => {
    assert.deepEqual(parseCidr("::ffff:10.0.0.0/104"), parseCidr("10.0.0.0/8"));
  });
});

suite("a set of blocks", () => {
  test("covers a family by a /0, halves or overlapping parts", () => {
    assert.equal(covered("0.0.0.0/0"), 4);
    assert.equal(covered("1.2.3.4/0"), 4);
    assert.equal(covered("::/0"), 6);
    assert.equal(covered("128.0.0.0/1", "0.0.0.0/1"), 4);
    assert.equal(covered("8000::/1", "::/1"), 6);
    assert.equal(covered("0.0.0.0/1", "0.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2", "10.0.0.0/8"), 4);
    assert.equal(covered("::ffff:0:0/96"), 4);
  });

  test("covers no family with a gap", () => {
    assert.equal(covered(), undefined);
    assert.equal(covered("0.0.0.0/1", "128.0.0.0/2"), undefined);
    assert.equal(covered("0.0.0.0/1", "8000::/1"), undefined);
    assert.equal(covered("::/1", "8000::/2", "c000::/3"), undefined);
  });

  test("covers IPv4 if it is split any number of times, and not without one part", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 40 }), fc.nat(), (splits, left) => {
        const parts = [{ base: 0, prefix: 0 }];
        for (const split of splits) {
          const at = split % parts.length;
          const part = parts[at] as { base: number; prefix: number };
          if (part.prefix === 32) continue;
          const prefix = part.prefix + 1;
          parts.splice(
            at,
            1,
            { base: part.base, prefix },
            {
              base: part.base + 2 ** (32 - prefix),
              prefix,
            },
          );
        }
        const text = parts.map(({ base, prefix }) => {
          const octets = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
          return `${octets.join(".")}/${prefix}`;
        });
        assert.equal(covered(...text), 4);
        text.splice(left % text.length, 1);
        assert.equal(covered(...text), undefined);
      }),
    );
  });
});
