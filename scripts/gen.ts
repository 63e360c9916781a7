import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Generator } from "./gen/artifact.ts";
import { entriesOf, ROOT } from "./gen/rule-files.ts";
import { ruleIndex } from "./gen/rule-index.ts";

/** In order: later ones may read what earlier ones write. */
const GENERATORS: readonly Generator[] = [ruleIndex];

/** Writes what is stale, or only names it; returns the paths, sorted. */
async function generate(check: boolean): Promise<string[]> {
  const stale: string[] = [];
  for (const generator of GENERATORS) {
    const files = await generator.files();
    for (const [path, content] of files) {
      if (currentContent(path) === content) continue;
      stale.push(path);
      if (!check) write(path, content);
    }
    for (const path of surplusOf(generator, files)) {
      stale.push(path);
      if (!check) rmSync(join(ROOT, path));
    }
  }
  return stale.sort();
}

function surplusOf({ owns }: Generator, files: ReadonlyMap<string, string>): string[] {
  if (owns === undefined) return [];
  return entriesOf(join(ROOT, owns.folder))
    .filter((name) => name.endsWith(owns.extension))
    .map((name) => `${owns.folder}/${name}`)
    .filter((path) => !files.has(path));
}

function currentContent(path: string): string | undefined {
  try {
    return readFileSync(join(ROOT, path), "utf8");
  } catch {
    return undefined;
  }
}

function write(path: string, content: string): void {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), content);
}

const check = process.argv.includes("--check");
const stale = await generate(check);
if (check && stale.length > 0) {
  console.error(`stale, run npm run gen:\n${stale.map((path) => `  ${path}`).join("\n")}`);
  process.exitCode = 1;
} else {
  for (const path of stale) console.log(`wrote ${path}`);
}
