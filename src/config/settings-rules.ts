import { PRACTICES } from "../engine/rule.ts";
import { choice } from "./setting-spec.ts";

export const RULES_FORMATS = ["text", "json", "markdown"] as const;

export const RULES_SETTINGS = {
  format: choice("Form of the list or explanation", RULES_FORMATS, { default: "text" }),
  practice: choice("List the rules of one practice only", PRACTICES, {
    placeholder: "PRACTICE",
    defaultText: "all",
  }),
} as const;
