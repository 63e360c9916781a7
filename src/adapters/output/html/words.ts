import type { Practice } from "../../../engine/rule.ts";
import { plural } from "../../../engine/text.ts";
import type { PracticeStatus, Report, ReportObject } from "../../../usecases/report.ts";
import { html, type Markup } from "./markup.ts";

export const PRACTICE_TITLES: Readonly<Record<Practice, string>> = {
  "high-availability": "High availability",
  resources: "Resources",
  monitoring: "Monitoring",
  backup: "Backup",
  upgrades: "Upgrades",
  namespaces: "Namespaces",
  secrets: "Secrets",
  network: "Network",
  operations: "Operation of the guard",
};

export const STATUS_WORDS: Readonly<Record<PracticeStatus, string>> = {
  pass: "pass",
  warn: "warn",
  fail: "fail",
  "not-verified": "not verified",
  "not-applicable": "not applicable",
};

/** A status with its shape and colour; never by colour alone. */
export function statusMarkup(status: PracticeStatus): Markup {
  return html`<span class="mark ${status}">${STATUS_WORDS[status]}</span>`;
}

export function objectName({ namespace, name }: ReportObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** What the verdict rests on, in one sentence. */
export function verdictSentence({ summary }: Report): string {
  const { verdict, enforce, warn, audit, skipped, objects } = summary;
  const judged = `in ${plural(objects, "object")}`;
  if (verdict === "fail") return `${plural(enforce, "finding")} at enforce ${judged}.`;
  if (verdict === "warn")
    return `Nothing at enforce; ${plural(warn, "finding")} at warn ${judged}.`;
  if (objects === 0) return "There was no object to judge.";
  if (verdict === "not-verified") {
    return skipped === 0
      ? "No finding at enforce or warn, but not everything could be read."
      : `No finding at enforce or warn, but ${plural(skipped, "answer")} could not be verified.`;
  }
  if (audit > 0)
    return `Nothing at enforce or warn; ${plural(audit, "finding")} at audit ${judged}.`;
  return `No findings ${judged}.`;
}
