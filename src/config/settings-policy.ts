import { policyFile } from "./settings-policy-options.ts";

export const POLICY_SETTINGS = {
  policy: policyFile,
} as const;
