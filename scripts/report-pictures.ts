import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Chromium, findChromium, HOW_TO_INSTALL } from "../test/support/browser/chromium.ts";

// node scripts/report-pictures.ts: docs/images/report-light.png and report-dark.png, from what
// `check examples/broken --format html` really writes. The requests below it are scenes of their own.

const ROOT = join(import.meta.dirname, "..");
const BROKEN = "examples/broken";
const IMAGES = join(ROOT, "docs/images");

if (findChromium() === undefined) {
  console.error(HOW_TO_INSTALL);
  process.exitCode = 3;
} else {
  const folder = mkdtempSync(join(tmpdir(), "keymate-guard-pictures-"));
  try {
    await draw(report(join(folder, "report.html")));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(file: string): string {
  const manifests = readdirSync(join(ROOT, BROKEN))
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .map((name) => `${BROKEN}/${name}`);
  const args = ["src/main.ts", "check", ...manifests, "--format", "html", "--output", file];
  const { status, stderr } = spawnSync(process.execPath, [...args, "--fail-on", "never"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return file;
}

async function draw(file: string): Promise<void> {
  const browser = await Chromium.start();
  mkdirSync(IMAGES, { recursive: true });
  for (const theme of ["light", "dark"] as const) {
    const page = await browser.open(pathToFileURL(file).href, { width: 1240, height: 1060, theme });
    await page.painted();
    const picture = await page.screenshot();
    writeFileSync(join(IMAGES, `report-${theme}.png`), picture);
    console.log(`docs/images/report-${theme}.png: ${Math.round(picture.length / 1024)} KiB`);
    await page.close();
  }
  await browser.close();
}
