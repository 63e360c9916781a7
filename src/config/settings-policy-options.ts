import { choice, path } from "./setting-spec.ts";

/** Modes that `--mode` takes: `off` would silence everything. */
export const CAP_MODES = ["enforce", "warn", "audit"] as const;
export const FAIL_ON = ["enforce", "warn", "audit", "never"] as const;

export const policyFile = path("Policy file, laid over the embedded policy", {
  defaultText: "the embedded policy",
});

export const modeCap = choice("Strictest mode of any rule; warn is the dry run", CAP_MODES, {
  default: "enforce",
});

export const FAIL_POLICIES = ["auto", "ignore", "fail"] as const;

export const failPolicy = choice(
  "Whether what may be refused is refused while no guard answers; auto: once the guard has proved itself",
  FAIL_POLICIES,
  { default: "auto" },
);
