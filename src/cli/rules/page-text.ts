import type { Paint } from "../../adapters/output/color.ts";
import { wrapText } from "../../config/wrap-text.ts";
import type { Block, RulePage } from "./page.ts";
import { defaultText, type Parameter } from "./parameters.ts";

export interface TextOptions {
  readonly width: number;
  readonly paint: Paint;
}

const INDENT = "  ";

/** The page of a rule for a terminal: wrapped, but for YAML, which is meant to be copied. */
export function pageText({ id, title, why, facts, sections }: RulePage, options: TextOptions) {
  const { width, paint } = options;
  const [first = "", ...more] = wrapText(`${id}: ${title}`, width);
  const parts = [
    [paint("bold", first), ...more].join("\n"),
    wrapText(why, width).join("\n"),
    factLines(facts, width),
    ...sections.map(({ heading, blocks }) =>
      [paint("bold", heading), ...blocks.map((block) => blockText(block, width))].join("\n"),
    ),
  ];
  return `${parts.join("\n\n")}\n`;
}

function blockText(block: Block, width: number): string {
  switch (block.kind) {
    case "text":
      return hanging(block.text, width, INDENT);
    case "facts":
      return factLines(block.rows, width);
    case "parameters":
      return block.rows.map((row) => parameterText(row, width)).join("\n");
    case "messages":
      return block.lines.map((line) => hanging(line, width, INDENT.repeat(2))).join("\n");
    case "yaml":
      return block.text
        .split("\n")
        .map((line) => (line === "" ? "" : INDENT.repeat(2) + line))
        .join("\n");
  }
}

function parameterText(parameter: Parameter, width: number): string {
  const { name, type, description } = parameter;
  const shown = defaultText(parameter);
  const head = `${name} (${type}${shown === "" ? "" : `, default ${shown}`})`;
  return [
    hanging(head, width, INDENT),
    ...(description === "" ? [] : [hanging(description, width, INDENT.repeat(3))]),
  ].join("\n");
}

/** Of rows with one name only the first shows it. */
function factLines(rows: readonly (readonly [string, string])[], width: number): string {
  const margin = " ".repeat(Math.max(...rows.map(([name]) => name.length)) + 2);
  const lines = rows.map(([name, value], at) => {
    const shown = rows[at - 1]?.[0] === name ? "" : name;
    return shown.padEnd(margin.length) + hanging(value, width, margin).slice(margin.length);
  });
  return lines.join("\n");
}

function hanging(text: string, width: number, margin: string): string {
  return wrapText(text, width - margin.length)
    .map((line) => margin + line)
    .join("\n");
}
