import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PRACTICES, type Practice, type Rule } from "../../src/engine/rule.ts";

export const ROOT = join(import.meta.dirname, "../..");

export interface RuleFile {
  readonly id: string;
  readonly practice: Practice;
  /** Relative to the repository. */
  readonly path: string;
}

/** Only files that export a rule: helpers may lie beside them. */
const ruleExport = /^export default defineRule\b/m;

/** By practice in the guide's order, then by id. */
export function ruleFiles(root: string = ROOT): readonly RuleFile[] {
  return PRACTICES.flatMap((practice) => rulesOf(root, practice));
}

function rulesOf(root: string, practice: Practice): RuleFile[] {
  const folder = `src/rules/${practice}`;
  return entriesOf(join(root, folder))
    .filter((name) => name.endsWith(".ts"))
    .filter((name) => ruleExport.test(readFileSync(join(root, folder, name), "utf8")))
    .sort()
    .map((name) => ({ id: name.slice(0, -3), practice, path: `${folder}/${name}` }));
}

export async function loadRules(root: string = ROOT): Promise<readonly Rule[]> {
  return Promise.all(
    ruleFiles(root).map(async ({ path }) => {
      const module: { default: Rule } = await import(pathToFileURL(join(root, path)).href);
      return module.default;
    }),
  );
}

/** Names in a folder, sorted; none when it does not exist. */
export function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
