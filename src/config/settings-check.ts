import { choice, flag, path, text } from "./setting-spec.ts";
import { FAIL_ON, modeCap, policyFile } from "./settings-policy-options.ts";

/** Forms in which a report can be written, whichever command makes it. */
export const REPORT_FORMATS = ["text", "json", "sarif", "junit", "github", "html"] as const;

/** Beside these, what only an audit of a cluster can say. */
export const AUDIT_FORMATS = [...REPORT_FORMATS, "policyreport", "openreports"] as const;

export type AuditFormat = (typeof AUDIT_FORMATS)[number];

export type ReportFormat = (typeof REPORT_FORMATS)[number];

export const CHECK_SETTINGS = {
  format: choice("Form of the report", REPORT_FORMATS, { default: "text" }),
  output: path("Write the report to a file", { defaultText: "standard output" }),
  fix: flag("Write the fixes back; comments and order stay"),
  diff: flag("Show what --fix would do"),
  failOn: choice("Weakest mode whose findings make the exit code 1", FAIL_ON, {
    default: "enforce",
  }),
  namespace: text("Namespace of objects that name none", {
    placeholder: "NAME",
    default: "default",
  }),
  policy: policyFile,
  mode: modeCap,
  state: path("YAML objects that are assumed to be in the cluster", { placeholder: "PATH" }),
} as const;
