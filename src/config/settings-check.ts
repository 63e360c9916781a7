import { choice, flag, path, text } from "./setting-spec.ts";
import { FAIL_ON, modeCap, policyFile } from "./settings-policy-options.ts";

export const CHECK_FORMATS = ["text", "json", "html"] as const;

export const CHECK_SETTINGS = {
  format: choice("Form of the report", CHECK_FORMATS, { default: "text" }),
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
