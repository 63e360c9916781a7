import type { ReadinessLine } from "../../usecases/readiness.ts";
import type { PracticeStatus } from "../../usecases/report.ts";
import type { Paint, Style } from "./color.ts";
import { oneLine } from "./one-line.ts";

const STYLES: Readonly<Record<PracticeStatus, Style>> = {
  pass: "green",
  warn: "yellow",
  fail: "red",
  "not-verified": "yellow",
  "not-applicable": "dim",
};

/** As wide as the longest status. */
const WIDTH = "not-applicable".length;

/** Lines of one kind that are shown; the JSON holds them all. */
const SHOWN = 6;

/** The validation scenario: a status each, with what it rests on below. */
export function readinessLines(lines: readonly ReadinessLine[], paint: Paint): string[] {
  return [
    paint("bold", "Is it ready for production?"),
    ...lines.flatMap(({ status, title, evidence, notVerified = [] }) => [
      `  ${paint(STYLES[status], status.padEnd(WIDTH))}  ${title}`,
      ...details(notVerified).map((text) => detail(`not verified: ${text}`, paint)),
      ...details(evidence).map((text) => detail(text, paint)),
    ]),
  ];
}

function details(texts: readonly string[]): readonly string[] {
  if (texts.length <= SHOWN) return texts;
  return [...texts.slice(0, SHOWN - 1), `and ${texts.length - SHOWN + 1} more`];
}

function detail(text: string, paint: Paint): string {
  return `${" ".repeat(WIDTH + 4)}${paint("dim", oneLine(text))}`;
}
