import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Generator } from "./artifact.ts";
import { bypass } from "./bypass.ts";
import { chart } from "./chart.ts";
import { auditRole, clusterRole, ownRoleFile } from "./cluster-role.ts";
import { coverage } from "./coverage.ts";
import { dashboard } from "./dashboard.ts";
import { errorDocs } from "./error-docs.ts";
import { guarantees } from "./guarantees.ts";
import { manPage } from "./man-page.ts";
import { reportAssets } from "./report-assets.ts";
import { reportSchemaFile } from "./report-schema.ts";
import { ruleDocs } from "./rule-docs.ts";
import { ruleExamples } from "./rule-examples.ts";
import { entriesOf, ROOT } from "./rule-files.ts";
import { ruleIndex } from "./rule-index.ts";

/** In order: later ones may read what earlier ones write. A new generated file is one more entry. */
export const GENERATORS: readonly Generator[] = [
  ruleIndex,
  ruleExamples,
  ruleDocs,
  coverage,
  clusterRole,
  ownRoleFile,
  auditRole,
  reportSchemaFile,
  reportAssets,
  dashboard,
  manPage,
  errorDocs,
  bypass,
  guarantees,
  // Last: it copies what others write.
  chart,
];

/** Names what is stale, sorted; writes it too unless told only to check. */
export async function generate(mode: "write" | "check"): Promise<string[]> {
  const stale: string[] = [];
  for (const generator of GENERATORS) {
    const files = await generator.files();
    for (const [path, content] of files) {
      if (currentContent(path) === content) continue;
      stale.push(path);
      if (mode === "write") write(path, content);
    }
    for (const path of surplusOf(generator, files)) {
      stale.push(path);
      if (mode === "write") rmSync(join(ROOT, path));
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
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function write(path: string, content: string): void {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), content);
}
