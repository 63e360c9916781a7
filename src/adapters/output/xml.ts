import { oneLine } from "./one-line.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** What no XML 1.0 document may hold, not even escaped; control characters oneLine() shows. */
const FORBIDDEN = /[\ufffe\uffff]/g;

/** Text for content and for attributes in double quotes. */
export function escapeXml(text: string): string {
  return oneLine(text.toWellFormed())
    .replace(FORBIDDEN, "\ufffd")
    .replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char);
}

export function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join("");
}
