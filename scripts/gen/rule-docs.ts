import { table } from "../../src/cli/rules/markdown.ts";
import { rulePage } from "../../src/cli/rules/page.ts";
import { pageMarkdown } from "../../src/cli/rules/page-markdown.ts";
import { PRACTICES, type Rule } from "../../src/engine/rule.ts";
import { GENERATED, type Generator } from "./artifact.ts";
import { UNSHIPPED } from "./coverage-plan.ts";
import { examplesOf } from "./examples.ts";
import { loadRules } from "./rule-files.ts";

const FOLDER = "docs/rules";

/** docs/rules: one page per rule and an index. */
export const ruleDocs: Generator = {
  name: "rule docs",
  owns: { folder: FOLDER, extension: ".md" },
  async files() {
    const rules = await loadRules();
    const pages = rules.map((rule) => [`${FOLDER}/${rule.id}.md`, pageOf(rule)] as const);
    return new Map([[`${FOLDER}/index.md`, indexOf(rules)], ...pages]);
  },
};

function indexOf(rules: readonly Rule[]): string {
  const sections = PRACTICES.flatMap((practice) => {
    const own = rules.filter((rule) => rule.practice === practice);
    if (own.length === 0) return [];
    const rows = own.map((rule) => [
      `[${rule.id}](${rule.id}.md)`,
      rule.title,
      rule.mode,
      rule.mutate === undefined ? "" : "yes",
    ]);
    return [`## ${practice}`, table(["Rule", "What it asks for", "Mode", "Fills in"], rows)];
  });
  const link =
    "What the specification names and what is shipped of it: [coverage](../coverage.md).";
  const missing = Object.entries(UNSHIPPED).map(([id, { reason }]) => [id, reason]);
  return page([
    "# Rules",
    link,
    ...sections,
    "## Specified, not shipped",
    table(["Rule", "Why not"], missing),
  ]);
}

/** The day of the example override: docs that changed with the date would be stale every morning. */
const UNTIL = "2027-12-31";

function pageOf(rule: Rule): string {
  return `<!-- ${GENERATED}. -->\n\n${pageMarkdown(
    rulePage(rule, { examples: examplesOf(rule), until: UNTIL }),
  )}`;
}

function page(blocks: readonly string[]): string {
  return `<!-- ${GENERATED}. -->\n\n${blocks.join("\n\n")}\n`;
}
