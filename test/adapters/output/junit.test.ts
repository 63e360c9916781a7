import assert from "node:assert/strict";
import { test } from "node:test";
import { junitReporter } from "../../../src/adapters/output/junit.ts";
import { findingLike, sampleReport } from "./report-fixture.ts";

const render = (failOn: Parameters<typeof junitReporter>[0]) =>
  junitReporter(failOn)(sampleReport(), { color: false });

/** `failures` of the whole document. */
const failures = (text: string) => Number(/<testsuites [^>]*failures="(\d+)"/.exec(text)?.[1]);

test("a case fails exactly where the exit code speaks of it", () => {
  assert.equal(failures(render("enforce")), 1);
  assert.equal(failures(render("warn")), 2);
  assert.equal(failures(render("audit")), 3);
  assert.equal(failures(render("never")), 0);
});

test("findings below --fail-on pass with their words, and doubts are skipped", () => {
  const text = render("enforce");
  assert.match(text, /<testcase classname="a-rule"[^>]*><system-out>api\.yaml:14: warn \[a-rule\]/);
  assert.match(text, /<skipped message="not verified: \[b-rule\] Cluster is not installed \(2/);
  assert.match(
    text,
    /<testcase classname="practice" name="backup"><skipped message="not verified"\/>/,
  );
  assert.match(text, /<testcase classname="practice" name="network"\/>/);
});

test("suites are files, or namespaces where there are none, and no name holds a line", () => {
  const text = render("enforce");
  assert.deepEqual(
    [...text.matchAll(/<testsuite name="([^"]*)"/g)].map(([, name]) => name),
    ["cluster", "api.yaml", "practices (check)", "not verified"],
  );
  assert.match(text, /name="\[res-limits-required\] Deployment platform-application\/api spec\./);
  assert.doesNotMatch(text, /name="[^"]*:14/);
});

test("whatever a manifest says is text in the XML", () => {
  const hostile = findingLike({
    message: "</failure><x a='\"&]]>\u0000\u001b\ufffe\ud800",
    source: { file: '"><y', line: 1 },
  });
  const text = junitReporter("enforce")(
    { ...sampleReport(), findings: [hostile] },
    { color: false },
  );
  assert.ok(text.includes('<testsuite name="&quot;&gt;&lt;y"'));
  assert.ok(
    text.includes(
      'message="&lt;/failure&gt;&lt;x a=\'&quot;&amp;]]&gt;\\u0000\\u001b\ufffd\ufffd"',
    ),
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\ufffe]/);
});
