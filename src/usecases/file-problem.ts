import type { Policy } from "../engine/policy.ts";
import { Judged, type Subject } from "../engine/subject.ts";
import type { FileProblem } from "./file-input.ts";
import type { ReportFinding } from "./report.ts";

/** The rule that speaks about files which cannot be judged. */
export const FILE_PARSE = "file-parse";

const KIND = "File";

/** A problem as a finding, in the mode that the policy resolves for its file. */
export function problemFinding(
  policy: Policy,
  { file, line, column, message, fix }: FileProblem,
  now: number,
): ReportFinding | undefined {
  const check = policy.checks.find(({ rule }) => rule.id === FILE_PARSE);
  if (check === undefined) return undefined;
  const { mode } = policy.resolveMode(check, subjectOf(file), undefined, now);
  if (mode === "off") return undefined;
  return {
    rule: FILE_PARSE,
    practice: check.rule.practice,
    mode,
    object: { apiVersion: "", kind: KIND, name: file },
    path: "",
    pointer: "",
    message,
    fix,
    fixable: false,
    source: { file, line, ...(column === undefined ? {} : { column }) },
  };
}

/** Stands for the file where overrides are resolved: they name it `File/charts/*`. */
function subjectOf(file: string): Subject {
  return {
    door: "check",
    operation: "CREATE",
    kind: KIND,
    subresource: "",
    namespace: "",
    name: file,
    object: new Judged(KIND, {}),
    old: undefined,
    user: "",
    dryRun: false,
    byController: false,
  };
}
