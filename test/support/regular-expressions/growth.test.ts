import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { growthOf } from "./growth.ts";
import { parseRegularExpression } from "./parse.ts";
import { scanRegularExpressions } from "./scan.ts";

suite("the growth of a regular expression", () => {
  const CASES: readonly (readonly [RegExp, "linear" | "polynomial" | "exponential"])[] = [
    [/^[a-z]+$/, "linear"],
    [/^a*b*$/, "linear"],
    [/^(?:a|b)*c/, "linear"],
    [/^(?:b?|c?)*d/, "linear"],
    [/^(?:(?:a|a)b)*/, "linear"],
    [/\s+/, "linear"],
    [/a{1,9}b/, "linear"],
    [/a*b/y, "linear"],
    [/^a*b/, "linear"],
    [/^a*b/m, "linear"],
    [/"[^"]*"/, "linear"],
    [/a*b/, "polynomial"],
    [/\s+$/, "polynomial"],
    [/^a*a*b/, "polynomial"],
    [/^\d+\.?\d*s/, "polynomial"],
    [/^\s*x/m, "polynomial"],
    [/\[(?=[^\]]*\))/, "polynomial"],
    [/^(?:a(?:a+b)?)*/, "polynomial"],
    [/^(?:a+)+$/, "exponential"],
    [/^(?:a*)*b/, "exponential"],
    [/^(?:a|a)*b/, "exponential"],
    [/^(?:a|[A-Z])*b/i, "exponential"],
    [/^(?:a(?:b?|c?))*d/, "exponential"],
    [/^(?:(?:a|a)b)*c/, "exponential"],
    [/^(?:\p{Lu}|Ä)*x/u, "exponential"],
  ];

  for (const [expression, kind] of CASES) {
    test(`is ${kind} for ${expression}`, () => {
      assert.equal(growthOf(expression.source, expression.flags).kind, kind);
    });
  }

  test("names a text whose repetition shows it", () => {
    const growth = growthOf("^(?:ab|a|b)+$", "");
    assert.ok(growth.kind === "exponential");
    assert.match(growth.pump, /^[ab]+$/);
  });

  test("is not given for what the analysis cannot follow", () => {
    assert.throws(() => parseRegularExpression(String.raw`(a)\1`), /cannot read/);
    assert.throws(() => parseRegularExpression("(?<=a*)b"), /look-behind repeats/);
  });
});

suite("the scanner", () => {
  test("tells expressions from divisions, texts, templates and comments", () => {
    const text = [
      "#!/usr/bin/env node",
      "const half = size / 2 / scale; // not /this/",
      "return /a[/]b/g;",
      'const s = "/no/" + `§{items.map((x) => x.match(/in \\/ it/u))} /no/`;',
      "/* /no/ */ f(a)[0] / b / c;",
      "const built = new RegExp(`^§{/part/.source}§`);",
    ]
      .join("\n")
      .replaceAll("§", "$");
    assert.deepEqual(scanRegularExpressions(text), {
      literals: [
        { line: 3, source: "a[/]b", flags: "g" },
        { line: 4, source: String.raw`in \/ it`, flags: "u" },
        { line: 6, source: "part", flags: "" },
      ],
      built: [6],
    });
  });
});
