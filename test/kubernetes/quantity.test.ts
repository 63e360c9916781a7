import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import {
  addQuantities,
  compareQuantities,
  maxQuantity,
  minQuantity,
  parseQuantity,
  type Quantity,
  roundUpToMilli,
} from "../../src/kubernetes/quantity.ts";
import { formatQuantity } from "../../src/kubernetes/quantity-format.ts";

function parsed(value: unknown): Quantity {
  const quantity = parseQuantity(value);
  assert.ok(quantity !== undefined, `${String(value)} is no quantity`);
  return quantity;
}

/** Checked against k8s.io/apimachinery v0.37.2: text, canonical form, billionths. */
const known: readonly (readonly [string | number, string, bigint])[] = [
  ["0", "0", 0n],
  ["-0", "0", 0n],
  ["0Ki", "0", 0n],
  ["5", "5", 5_000_000_000n],
  ["5.", "5", 5_000_000_000n],
  [".5", "500m", 500_000_000n],
  ["0.5", "500m", 500_000_000n],
  ["+1", "1", 1_000_000_000n],
  ["-1.5", "-1500m", -1_500_000_000n],
  ["2000m", "2", 2_000_000_000n],
  ["0.1m", "100u", 100_000n],
  ["1n", "1n", 1n],
  ["0.1n", "1n", 1n],
  ["-0.1n", "-1n", -1n],
  ["1.0000000001", "1000000001n", 1_000_000_001n],
  ["1k", "1k", 1_000_000_000_000n],
  ["1000k", "1M", 1_000_000_000_000_000n],
  ["1500M", "1500M", 1_500_000_000_000_000_000n],
  ["1E", "1E", 10n ** 27n],
  ["1E3", "1e3", 10n ** 12n],
  ["12e6", "12e6", 12n * 10n ** 15n],
  ["1e+3", "1e3", 10n ** 12n],
  ["1500e-3", "1500e-3", 1_500_000_000n],
  ["3e0", "3", 3_000_000_000n],
  ["1024Mi", "1Gi", 1024n ** 3n * 10n ** 9n],
  ["512Mi", "512Mi", 512n * 1024n ** 2n * 10n ** 9n],
  ["1.5Gi", "1536Mi", 1536n * 1024n ** 2n * 10n ** 9n],
  ["0.5Gi", "512Mi", 512n * 1024n ** 2n * 10n ** 9n],
  ["1.2Gi", "1288490188800m", 1_288_490_188_800_000_000n],
  ["0.5Ki", "512", 512n * 10n ** 9n],
  ["1Ki", "1Ki", 1024n * 10n ** 9n],
  ["0.1Ki", "102400m", 102_400_000_000n],
  ["8Ei", "9223372036854775807", (2n ** 63n - 1n) * 10n ** 9n],
  ["9223372036854775807Ki", "9223372036854775807", (2n ** 63n - 1n) * 10n ** 9n],
  ["-8Ei", "-9223372036854775807", -(2n ** 63n - 1n) * 10n ** 9n],
  ["  64Mi\t", "64Mi", 64n * 1024n ** 2n * 10n ** 9n],
  [1, "1", 1_000_000_000n],
  [0.5, "500m", 500_000_000n],
  [1e21, "1e21", 10n ** 30n],
  [-2, "-2", -2_000_000_000n],
];

const invalid: readonly unknown[] = [
  "",
  " ",
  ".",
  "-",
  "1e",
  "1K",
  "1mi",
  "1GB",
  "1MiB",
  "1 Gi",
  "1Gi1",
  "1ki",
  "0x10",
  "1_000",
  "1,5",
  "1.5.5",
  "--1",
  "1e1.5",
  "Mi",
  "e3",
  "infinity",
  "١",
  "9".repeat(1000),
  Number.NaN,
  Number.POSITIVE_INFINITY,
  true,
  null,
  undefined,
  {},
  ["1"],
];

suite("quantities", () => {
  for (const [value, canonical, nano] of known) {
    test(`${JSON.stringify(value)} is ${canonical}`, () => {
      assert.equal(parsed(value).nano, nano);
      assert.equal(formatQuantity(parsed(value)), canonical);
    });
  }

  for (const value of invalid) {
    const shown = String(JSON.stringify(value)).slice(0, 20);
    test(`${shown} of type ${typeof value} is no quantity`, () => {
      assert.equal(parseQuantity(value), undefined);
    });
  }

  test("exponents beyond all reason stay cheap and ordered", () => {
    const huge = parsed("1e999999999999");
    assert.equal(compareQuantities(huge, parsed("1E")), 1);
    assert.equal(parsed("1e-999999999999").nano, 1n);
    assert.equal(parsed("0e999999999999").nano, 0n);
  });

  test("1000E keeps its suffix, where apimachinery would print 1", () => {
    assert.equal(formatQuantity(parsed("1000E")), "1000E");
  });

  test("resource lists round up to 1m, away from zero", () => {
    const cases = [
      ["0.1m", "1m"],
      ["1.0001", "1001m"],
      ["-0.1m", "-1m"],
      ["1500m", "1500m"],
      ["1n", "1m"],
      ["0", "0"],
    ] as const;
    for (const [text, rounded] of cases) {
      assert.equal(formatQuantity(roundUpToMilli(parsed(text))), rounded);
    }
  });

  test("a sum is written like its first part that is not zero", () => {
    assert.equal(formatQuantity(addQuantities(parsed("0"), parsed("1Gi"))), "1Gi");
    assert.equal(formatQuantity(addQuantities(parsed("512Mi"), parsed("536870912"))), "1Gi");
  });
});

const suffixes = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi"];

const texts = fc
  .tuple(
    fc.constantFrom("", "-", "+"),
    fc.nat({ max: 999_999_999 }),
    fc.option(fc.nat({ max: 999_999 })),
    fc.oneof(
      fc.constantFrom(...suffixes),
      fc.integer({ min: -12, max: 12 }).map((exponent) => `e${exponent}`),
    ),
  )
  .map(([sign, whole, fraction, suffix]) => {
    return `${sign}${whole}${fraction === null ? "" : `.${fraction}`}${suffix}`;
  });

suite("quantities of any kind", () => {
  test("keep their value when printed and read again", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const quantity = parsed(text);
        assert.equal(parsed(formatQuantity(quantity)).nano, quantity.nano);
      }),
    );
  });

  test("have a canonical form that is its own canonical form", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const canonical = formatQuantity(parsed(text));
        assert.equal(formatQuantity(parsed(canonical)), canonical);
      }),
    );
  });

  test("rounding up never shrinks one, ends at whole milli-units and happens once", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const exact = parsed(text);
        const rounded = roundUpToMilli(exact);
        assert.equal(rounded.nano % 1_000_000n, 0n);
        const [before, after] = [exact.nano, rounded.nano].map((n) => (n < 0n ? -n : n));
        assert.ok(after !== undefined && before !== undefined);
        assert.ok(after >= before && after - before < 1_000_000n);
        assert.equal(roundUpToMilli(rounded).nano, rounded.nano);
      }),
    );
  });

  test("are ordered as a total order, with minimum and maximum", () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        const [left, right] = [parsed(a), parsed(b)];
        assert.equal(compareQuantities(left, right), 0 - compareQuantities(right, left));
        assert.ok(compareQuantities(minQuantity(left, right), maxQuantity(left, right)) <= 0);
      }),
    );
  });

  test("never throw, whatever a request carries", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const quantity = parseQuantity(value);
        if (quantity !== undefined) formatQuantity(quantity);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void parseQuantity(text)));
  });
});
