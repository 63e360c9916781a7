import { codeBlock, table } from "./markdown.ts";
import type { Block, RulePage } from "./page.ts";
import { defaultText, type Parameter } from "./parameters.ts";

/** The page of a rule as docs/rules holds it. */
export function pageMarkdown({ id, title, why, facts, sections }: RulePage): string {
  const parts = [
    `# ${id}`,
    `**${title}.** ${why}`,
    factList(facts),
    ...sections.flatMap(({ heading, blocks }) => [`## ${heading}`, ...blocks.map(blockMarkdown)]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case "text":
      return block.text;
    case "facts":
      return factList(block.rows);
    case "parameters":
      return table(["Name", "Type", "Default", "Meaning"], block.rows.map(cells));
    case "messages":
      return codeBlock("text", block.lines.join("\n"));
    case "yaml":
      return codeBlock("yaml", block.text);
  }
}

function factList(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([name, value]) => `- **${name}:** ${value}`).join("\n");
}

function cells(parameter: Parameter): readonly string[] {
  const { name, type, description } = parameter;
  return [code(name), type, code(defaultText(parameter)), description];
}

function code(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}
