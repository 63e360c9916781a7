import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { htmlReporter } from "../../../../src/adapters/output/html.ts";
import { RULES } from "../../../../src/rules/index.ts";
import type { Report } from "../../../../src/usecases/report.ts";
import { brokenReport } from "../../../support/broken-report.ts";
import { sampleReport } from "../report-fixture.ts";

const render = (report: Report) => htmlReporter(RULES)(report, { color: false });

test("two reports on the same input are byte-equal but for their time", () => {
  const made = ["2026-11-23T12:00:00.000Z", "2027-01-02T03:04:05.678Z"];
  const pages = made.map((generatedAt) => render({ ...brokenReport(), generatedAt }));
  assert.notEqual(pages[0], pages[1]);
  const [one, two] = pages.map((page, index) => {
    const time = made[index] ?? "";
    return page.replaceAll(time, "").replaceAll(time.slice(0, 16).replace("T", " "), "");
  });
  assert.ok(one === two, "nothing else differs");
});

test("the page names nothing outside itself", () => {
  const page = render(brokenReport());
  const links = [...page.matchAll(/\b(?:href|src|action|srcset)="([^"]*)"/g)].map(([, to]) => to);
  assert.ok(links.length > 50);
  assert.deepEqual(
    links.filter((to) => !to?.startsWith("#") && to !== "data:,"),
    [],
  );
  assert.doesNotMatch(page, /url\(|@import|\bimport\b\s*\(|fetch\(|XMLHttpRequest/);
  assert.doesNotMatch(page, /\sstyle="|\son[a-z]+="/);
});

test("only the style and the script of the page may act, by their hashes", () => {
  const page = render(brokenReport());
  const policy = page.match(/Content-Security-Policy" content="([^"]*)"/)?.[1] ?? "";
  for (const tag of ["style", "script"]) {
    const inside = [...page.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, "g"))];
    assert.equal(inside.length, 1);
    const hash = createHash("sha256")
      .update(inside[0]?.[1] ?? "")
      .digest("base64");
    assert.ok(policy.includes(`${tag}-src &#39;sha256-${hash}&#39;`), policy);
  }
  assert.match(policy, /^default-src &#39;none&#39;/);
});

test("each rule is explained once, with its title and its reason", () => {
  const page = render(brokenReport());
  const named = new Set(brokenReport().findings.map(({ rule }) => rule));
  for (const id of named) {
    assert.equal(page.split(`id="rule-${id}"`).length, 2, id);
    assert.ok(page.includes(`href="#rule-${id}"`), id);
  }
  assert.equal(page.split('<p class="title">').length - 1, named.size);
});

test("what could not be verified is named once for each reason, with its objects", () => {
  const page = render(sampleReport());
  assert.equal(page.split("Cluster is not installed").length, 2);
  assert.match(page, /<summary>2 objects<\/summary>/);
  assert.match(page, /This rule is not in this version\./);
});

test("the readiness lines of an audit are shown with evidence and with what is missing", () => {
  const page = render({
    ...sampleReport(),
    door: "audit",
    readiness: [
      {
        id: "backup-restore",
        title: "Backup and restore tested",
        status: "not-verified",
        rules: ["backup-frequency"],
        evidence: ["newest backup platform-data/db-daily-3, 5 h old"],
        notVerified: ["backups cannot be listed"],
      },
    ],
  });
  assert.match(page, /<h3>Backup and restore tested<\/h3>/);
  assert.match(page, /newest backup platform-data\/db-daily-3, 5 h old/);
  assert.match(page, /Not verified: backups cannot be listed/);
  assert.match(page, /id="rule-backup-frequency"/);
  assert.match(page, /admission adds it/);
});

test("a report without findings has no filters and says so", () => {
  const report = { ...brokenReport(), findings: [] };
  const page = render(report);
  assert.match(page, /<p class="empty">No findings\.<\/p>/);
  assert.doesNotMatch(page, /id="filters"/);
});

test("a workload in doubt is shown as not verified in the map, and none as passed", () => {
  const broken = brokenReport();
  const object = broken.inventory?.flatMap(({ workloads }) => workloads)[0]?.object;
  assert.ok(object !== undefined);
  const skip = { rule: "net-mtls", object, reason: "PeerAuthentication is not installed" };
  const page = render({ ...broken, findings: [], skipped: [skip, skip] });
  const map = page.slice(page.indexOf('<section class="map"'), page.indexOf('id="findings"'));
  assert.equal(map.split('href="#skipped"').length, 2);
  assert.match(map, /<span class="mark not-verified">2<span class="away"> not verified</);
  assert.doesNotMatch(map, /class="mark pass"/);
});
