import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReportFinding } from "../../src/usecases/report.ts";
import { brokenReport } from "../support/broken-report.ts";
import type { Page } from "../support/browser/page.ts";
import { counted, seen, stage } from "./support.ts";

const { show } = stage();
const report = brokenReport();
const all = report.findings.length;

async function narrowed(page: Page, holds: (finding: ReportFinding) => boolean): Promise<void> {
  const expected = report.findings.filter(holds).length;
  assert.ok(expected > 0 && expected < all, "the filter makes a difference");
  assert.equal(await counted(page), `${expected} of ${all} findings`);
  assert.equal(await seen(page), expected);
}

const choose = (page: Page, select: string, value: string) =>
  page.evaluate(`{
    const select = document.querySelector(${JSON.stringify(`#${select}`)});
    select.value = ${JSON.stringify(value)};
    select.dispatchEvent(new Event("input", { bubbles: true }));
  }`);

const click = (page: Page, selector: string) =>
  page.evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`);

test("the page asks for nothing but itself, complains about nothing and shows everything", async () => {
  const page = await show(report);
  assert.equal(await seen(page), all);
  assert.equal(await counted(page), `${all} findings`);
  assert.equal(page.requests.filter((url) => url !== "data:,").length, 1, page.requests.join(" "));
  assert.deepEqual(page.complaints, []);
  await page.close();
});

test("modes, practice, namespace and rule narrow the findings together, Clear brings all back", async () => {
  const page = await show(report);
  await click(page, "input[value=audit]");
  await narrowed(page, ({ mode }) => mode !== "audit");
  await choose(page, "practice", "resources");
  await narrowed(page, ({ mode, practice }) => mode !== "audit" && practice === "resources");
  await click(page, "#clear");
  assert.equal(await counted(page), `${all} findings`);
  await choose(page, "namespace", "platform-data");
  await narrowed(page, ({ object }) => (object.namespace ?? object.name) === "platform-data");
  await choose(page, "namespace", "");
  await choose(page, "rule", "res-zero");
  await narrowed(page, ({ rule }) => rule === "res-zero");
  assert.deepEqual(page.complaints, []);
  await page.close();
});

test("the search finds words anywhere in a finding, its object and its file", async () => {
  const page = await show(report);
  const search = async (words: string) => {
    await page.evaluate("document.querySelector('#search').select()");
    await page.type(words);
  };
  await search("51-cache.yaml");
  await narrowed(page, ({ source }) => source?.file.endsWith("51-cache.yaml") === true);
  await search('keycloak "cpu limit" nowhere');
  assert.equal(await seen(page), 0);
  await search("PodDisruptionBudget");
  const texts = await page.evaluate<string[]>(
    "[...document.querySelectorAll('.findings li')].filter((li) => li.checkVisibility()).map((li) => li.closest('article').textContent)",
  );
  assert.ok(texts.length > 0 && texts.every((text) => text.includes("PodDisruptionBudget")));
  await page.close();
});

test("a search without a hit says so and hides every heading of a layer", async () => {
  const page = await show(report);
  await page.press("/");
  await page.type("nothing of the kind");
  assert.equal(await counted(page), `0 of ${all} findings`);
  assert.equal(
    await page.evaluate(
      "[...document.querySelectorAll('.place')].some((one) => one.checkVisibility())",
    ),
    false,
  );
  await page.close();
});

test("a box of the map shows the findings of its object alone", async () => {
  const page = await show(report);
  await click(page, ".map a[data-label='StatefulSet valkey']");
  await narrowed(page, ({ object }) => object.kind === "StatefulSet" && object.name === "valkey");
  assert.equal(
    await page.evaluate("document.querySelector('#only').textContent"),
    "Only StatefulSet valkey: show all",
  );
  await click(page, "#only");
  assert.equal(await seen(page), all);
  await page.close();
});

test("the map holds every workload, and its numbers add up to all findings in namespaces", async () => {
  const page = await show(report);
  const numbers = await page.evaluate<number[]>(
    "[...document.querySelectorAll('.map a.box .mark > [aria-hidden]')].map((one) => Number(one.textContent))",
  );
  assert.equal(
    numbers.reduce((sum, number) => sum + number, 0),
    all,
  );
  const workloads = report.inventory?.flatMap((layer) => layer.workloads).length;
  assert.equal(await page.evaluate("document.querySelectorAll('.map .box .id').length"), workloads);
  await page.close();
});

test("a practice, a namespace of the map and the count of a rule narrow to themselves", async () => {
  const page = await show(report);
  await click(page, ".practices a[data-value=secrets]");
  await narrowed(page, ({ practice }) => practice === "secrets");
  await click(page, ".map a[data-value=platform-observability]");
  await narrowed(
    page,
    ({ object }) => (object.namespace ?? object.name) === "platform-observability",
  );
  await click(page, ".rules a[data-value=pdb-overlap]");
  await narrowed(page, ({ rule }) => rule === "pdb-overlap");
  await page.close();
});

test("without a script every finding is there, no control is, and links lead to their object", async () => {
  const page = await show(report, { script: false });
  assert.equal(await seen(page), all);
  const controls = "button, select, input";
  assert.equal(
    await page.evaluate(
      `[...document.querySelectorAll("${controls}")].some((one) => one.checkVisibility())`,
    ),
    false,
  );
  assert.deepEqual(
    await page.evaluate(
      "[...document.querySelectorAll('a')].map((a) => a.getAttribute('href')).filter((href) => !document.getElementById(decodeURIComponent(href.slice(1))))",
    ),
    [],
  );
  await page.close();
});
