import { cap } from "../engine/modes.ts";
import type { Policy } from "../engine/policy.ts";
import type { FileProblem } from "./file-input.ts";
import type { ReportFinding } from "./report.ts";

/** The rule that speaks about files which cannot be judged. */
export const FILE_PARSE = "file-parse";

/** A problem as a finding: as configured, under the cap that holds for every rule. */
export function problemFinding(
  policy: Policy,
  { file, line, message, fix }: FileProblem,
): ReportFinding | undefined {
  const check = policy.checks.find(({ rule }) => rule.id === FILE_PARSE);
  const mode = cap(check?.mode ?? "enforce", policy.cap);
  if (mode === "off") return undefined;
  return {
    rule: FILE_PARSE,
    practice: "operations",
    mode,
    object: { apiVersion: "", kind: "File", name: file },
    path: "",
    pointer: "",
    message,
    fix,
    fixable: false,
    source: { file, line },
  };
}
