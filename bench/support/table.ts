import type { ArmResult } from "./arm.ts";

/** A Markdown table, which is readable in a terminal as well. */
export function renderArm({ title, columns, rows, targets }: ArmResult): string {
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...rows.map((row) => (row[index] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, index) => pad(cell, widths[index] ?? 0, index)).join(" | ")} |`;
  const rule = widths.map((width, index) =>
    index === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [
    `**${title}**`,
    "",
    line(columns),
    line(rule),
    ...rows.map(line),
    "",
    ...targets.map(({ text, met }) => `- ${met ? "met" : "MISSED"}: ${text}`),
    ...(targets.length === 0 ? [] : [""]),
  ].join("\n");
}

function pad(cell: string, width: number, index: number): string {
  return index === 0 ? cell.padEnd(width) : cell.padStart(width);
}
