import assert from "node:assert/strict";
import { test } from "node:test";
import { largeReport } from "../support/large-report.ts";
import { counted, render, seen, stage } from "./support.ts";

const { show } = stage();
const SIZE = 5_000;

test("5,000 findings are all there, can be searched, and come in a file that can be mailed", async () => {
  const report = largeReport(SIZE);
  const page = await show(report);
  assert.equal(await counted(page), "5000 findings");
  await page.press("/");
  await page.type("valkey-17 hostNetwork");
  assert.equal(await counted(page), "1 of 5000 findings");
  await page.press("Escape");
  assert.equal(await seen(page), SIZE);
  assert.deepEqual(page.complaints, []);
  assert.ok(Buffer.byteLength(render(report)) < 5 * 1024 * 1024, "smaller than 5 MiB");
  await page.close();
});

test("the map of a crowded namespace shows the worst first and keeps the rest one click away", async () => {
  const page = await show(largeReport(SIZE));
  const boxes = await page.evaluate<number>(
    "[...document.querySelectorAll('.map .box')].filter((one) => one.checkVisibility()).length",
  );
  assert.ok(boxes < 60, `${boxes} boxes`);
  await page.evaluate("document.querySelector('.map summary').click()");
  const more = await page.evaluate<number>(
    "[...document.querySelectorAll('.map .box')].filter((one) => one.checkVisibility()).length",
  );
  assert.ok(more > boxes);
  await page.close();
});
