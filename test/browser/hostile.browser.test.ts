import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { oneLine } from "../../src/adapters/output/one-line.ts";
import { buildReport, type Report, type ReportObject } from "../../src/usecases/report.ts";
import { render, seen, stage } from "./support.ts";

const { show } = stage();

const PIECES = [
  ...["<script>alert(1)</script>", "</script>", "</style>", "</title>", "<!--", "-->", "]]>", "<"],
  ...["<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", '" onfocus="alert(1)', "' x='"],
  ...[
    "javascript:alert(1)",
    "&lt;b&gt;",
    "&amp",
    "&#60;",
    "$\u007bx}",
    "`",
    "\\",
    "%3Cb%3E",
    "#",
    " ",
  ],
  ...["\u0000", "\u0008", "\n", "\r\n", "\t", "\u0085", "\u2028", "\u2029", "\ufeff"],
  ...["\u202e", "\u2066", "\u2069", "\u200f", "🙂", "👩🏽‍💻", "e\u0301", "ß", "日本", "\ud800"],
];

const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "binary", maxLength: 6 })), {
    maxLength: 6,
  })
  .map((parts) => parts.join(""));

const FIELDS = [
  ...["policy", "layer", "namespace", "name", "kind", "component", "rule", "path", "message"],
  ...["fix", "file", "reason", "title", "evidence"],
] as const;

type Texts = Readonly<Record<(typeof FIELDS)[number], string>>;

/** A letter in front keeps the order and the grouping, whatever follows. */
const texts = fc.record(
  Object.fromEntries(FIELDS.map((field) => [field, hostileText.map((text) => `a${text}`)])),
) as fc.Arbitrary<Texts>;

function reportOf(text: Texts): Report {
  const object: ReportObject = {
    apiVersion: "v1",
    kind: text.kind,
    namespace: text.namespace,
    name: text.name,
  };
  const report = buildReport({
    door: "check",
    policy: text.policy,
    now: 0,
    objects: 2,
    findings: [
      {
        rule: text.rule,
        practice: "resources",
        mode: "enforce",
        object,
        path: text.path,
        pointer: "",
        message: text.message,
        fix: text.fix,
        fixable: true,
        source: { file: text.file, line: 1 },
      },
    ],
    skipped: [{ rule: text.rule, practice: "backup", object, reason: text.reason }],
    judged: new Set(),
    incomplete: false,
    inventory: [
      {
        layer: text.layer,
        namespaces: [text.namespace],
        workloads: [{ object, component: text.component, critical: true }],
      },
    ],
  });
  const line = { id: "x", title: text.title, status: "warn", rules: [text.rule] } as const;
  return { ...report, readiness: [{ ...line, evidence: [text.evidence] }] };
}

const BENIGN = Object.fromEntries(FIELDS.map((field) => [field, `a-${field}`])) as Texts;

/** Every element with the names of its attributes, as the browser's own parser sees the page. */
const SKELETON = `(page) => {
  const parsed = new DOMParser().parseFromString(page, "text/html");
  const skeleton = [...parsed.querySelectorAll("*")]
    .map((one) => one.tagName + " " + one.getAttributeNames().join(" ")).join("\\n");
  const text = (selector) => parsed.querySelector(selector).textContent;
  return {
    skeleton,
    said: {
      name: text("h5"), message: text(".findings .msg"), fix: text(".fix"),
      file: text(".file"), path: text(".file ~ code"), rule: text(".rules h3"),
      component: text("h4:not(.map *)"), reason: text(".skipped .msg"),
    },
  };
}`;

test("no text of a report becomes markup, and each is read as it was written", async () => {
  const page = await show(reportOf(BENIGN));
  await page.evaluate(`void (window.parsePage = ${SKELETON})`);
  const parse = (report: Report) =>
    page.evaluate<{ skeleton: string; said: Record<string, string> }>(
      `window.parsePage(${JSON.stringify(render(report))})`,
    );
  const { skeleton } = await parse(reportOf(BENIGN));
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const parsed = await parse(reportOf(text));
      assert.equal(parsed.skeleton, skeleton);
      const shown = (value: string) => oneLine(value).toWellFormed();
      assert.deepEqual(parsed.said, {
        name: shown(`${text.kind} ${text.namespace}/${text.name}`),
        message: shown(text.message),
        fix: `Fix: ${shown(text.fix)} --fix writes it`,
        file: shown(`${text.file}:1`),
        path: shown(text.path),
        rule: shown(text.rule),
        component: shown(text.component),
        reason: shown(text.reason),
      });
    }),
    { numRuns: 150 },
  );
  await page.close();
});

test("a page full of hostile text runs nothing of it, asks for nothing and still filters", async () => {
  const all = PIECES.join("");
  const text = Object.fromEntries(FIELDS.map((field) => [field, `${field}${all}`])) as Texts;
  const page = await show(reportOf(text));
  assert.deepEqual(page.complaints, []);
  assert.equal(page.requests.filter((url) => url !== "data:,").length, 1, page.requests.join(" "));
  await page.evaluate("document.querySelector('.map a[data-set=namespace]').click()");
  assert.equal(await seen(page), 1);
  await page.evaluate("document.querySelector('.rules a').click()");
  assert.equal(await seen(page), 1);
  const target = await page.evaluate(
    "document.getElementById(decodeURIComponent(document.querySelector('.findings .at a').hash.slice(1))) !== null",
  );
  assert.equal(target, true, "the rule is linked to its explanation");
  await page.close();
});

test("even markup that got in could not act: the page's policy refuses scripts, styles and images", async () => {
  const page = await show(reportOf(BENIGN));
  await page.evaluate(`document.body.insertAdjacentHTML("beforeend",
    '<img src="http://127.0.0.1:9/x.png" onerror="window.ran = 1"><p id="p" style="position: fixed">x</p>')`);
  await page.evaluate(`{
    const script = document.createElement("script");
    script.textContent = "window.ran = 2";
    document.body.append(script);
  }`);
  await page.painted();
  assert.equal(await page.evaluate("window.ran === undefined"), true);
  assert.equal(
    await page.evaluate("getComputedStyle(document.querySelector('#p')).position"),
    "static",
  );
  assert.ok(page.complaints.length >= 3, page.complaints.join("\n"));
  assert.ok(page.complaints.every((text) => text.includes("Content Security Policy")));
  await page.close();
});
