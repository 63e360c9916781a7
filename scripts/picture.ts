import { text } from "node:stream/consumers";

// node scripts/picture.ts "title of the window" < output.txt > picture.svg
// Draws the output of a command as a terminal. Lines that start with "$ " are what was typed.

const COLUMNS = 104;
const [CHARACTER, LINE, MARGIN, BAR] = [7.8, 18, 16, 36];

const [, , title = ""] = process.argv;
const lines = (await text(process.stdin)).trimEnd().split("\n").flatMap(wrap);
process.stdout.write(picture(title, lines));

/** At spaces where there are any, so that words stay whole. */
function wrap(line: string): string[] {
  const parts: string[] = [];
  const indent = " ".repeat(line.length - line.trimStart().length);
  let rest = line;
  while (rest.length > COLUMNS) {
    const space = rest.lastIndexOf(" ", COLUMNS);
    const end = space > indent.length ? space : COLUMNS;
    parts.push(rest.slice(0, end));
    rest = indent + rest.slice(end).trimStart();
  }
  return [...parts, rest];
}

function picture(name: string, rows: readonly string[]): string {
  const width = Math.ceil(COLUMNS * CHARACTER) + 2 * MARGIN;
  const height = BAR + rows.length * LINE + MARGIN;
  const body = rows.map((row, index) => textLine(row, BAR + (index + 1) * LINE - 5));
  const dots = ["#ff5f57", "#febc2e", "#28c840"].map(
    (color, index) => `<circle cx="${20 + index * 18}" cy="18" r="5.5" fill="${color}"/>`,
  );
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(name)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="#1e2430"/>`,
    ...dots,
    `<text x="${width / 2}" y="22" fill="#8b95a7" text-anchor="middle" font-family="sans-serif" font-size="12">${escaped(name)}</text>`,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="13" fill="#d7dce5">`,
    ...body,
    "</g>",
    "</svg>",
  ].join("\n")}\n`;
}

/** `textLength` keeps columns in place whatever font the reader has. */
function textLine(row: string, y: number): string {
  const words = row.trim();
  if (words === "") return "";
  const typed = words.startsWith("$ ") ? ' font-weight="bold" fill="#ffffff"' : "";
  const x = (MARGIN + (row.length - row.trimStart().length) * CHARACTER).toFixed(1);
  const length = (words.length * CHARACTER).toFixed(1);
  return `<text x="${x}" y="${y}" textLength="${length}"${typed}>${escaped(words)}</text>`;
}

function escaped(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
