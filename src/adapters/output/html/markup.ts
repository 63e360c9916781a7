import { oneLine } from "../one-line.ts";

/** Text that is HTML already. Only `html` makes it, which escapes whatever else it is given. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = Markup | readonly Markup[] | string | number | undefined;

/**
 * A template of HTML. Strings become text, also inside double quotes, and can never become markup;
 * control characters and bidirectional overrides are shown, not obeyed.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  let text = parts[0] ?? "";
  values.forEach((value, index) => {
    text += textOf(value) + (parts[index + 1] ?? "");
  });
  return new Markup(text);
}

function textOf(value: Value): string {
  if (value === undefined) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map(({ text }) => text).join("");
  return escaped(String(value));
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
]);

function escaped(text: string): string {
  return oneLine(text)
    .toWellFormed()
    .replace(/[&<>"']/g, (character) => ENTITIES.get(character) ?? "");
}
