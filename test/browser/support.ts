import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { pathToFileURL } from "node:url";
import { htmlReporter } from "../../src/adapters/output/html.ts";
import { RULES } from "../../src/rules/index.ts";
import type { Report } from "../../src/usecases/report.ts";
import { Chromium } from "../support/browser/chromium.ts";
import type { Page, PageSettings } from "../support/browser/page.ts";

export const render = (report: Report) => htmlReporter(RULES)(report, { color: false });

export interface Stage {
  /** A report as a file, opened in a tab. */
  show(report: Report, settings?: PageSettings): Promise<Page>;
}

/** One browser for all tests of a file. */
export function stage(): Stage {
  const folder = mkdtempSync(join(tmpdir(), "keymate-guard-report-"));
  let browser: Chromium | undefined;
  let count = 0;
  before(async () => {
    browser = await Chromium.start();
  });
  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    show(report, settings = {}) {
      if (browser === undefined) throw new Error("the browser has not been started");
      count++;
      const file = join(folder, `report-${count}.html`);
      writeFileSync(file, render(report));
      return browser.open(pathToFileURL(file).href, { width: 1280, height: 900, ...settings });
    },
  };
}

/** How many findings can be seen. */
export function seen(page: Page): Promise<number> {
  return page.evaluate(
    "[...document.querySelectorAll('.findings li')].filter((li) => li.checkVisibility()).length",
  );
}

/** What the page says about it. */
export function counted(page: Page): Promise<string> {
  return page.evaluate("document.querySelector('#shown').textContent");
}
