import type { SettingTable } from "./setting-spec.ts";
import { AUDIT_SETTINGS } from "./settings-audit.ts";
import { CERTS_SETTINGS } from "./settings-certs.ts";
import { CHECK_SETTINGS } from "./settings-check.ts";
import { COMPLETION_SETTINGS } from "./settings-completion.ts";
import { DEMO_SETTINGS } from "./settings-demo.ts";
import { GLOBAL_SETTINGS } from "./settings-global.ts";
import { MANIFESTS_SETTINGS } from "./settings-manifests.ts";
import { POLICY_SETTINGS } from "./settings-policy.ts";
import { RULES_SETTINGS } from "./settings-rules.ts";
import { SERVE_SETTINGS } from "./settings-serve.ts";

/** The settings of every command. */
export const COMMAND_SETTINGS = {
  serve: SERVE_SETTINGS,
  check: CHECK_SETTINGS,
  audit: AUDIT_SETTINGS,
  rules: RULES_SETTINGS,
  policy: POLICY_SETTINGS,
  certs: CERTS_SETTINGS,
  manifests: MANIFESTS_SETTINGS,
  demo: DEMO_SETTINGS,
  completion: COMPLETION_SETTINGS,
} as const satisfies Readonly<Record<string, SettingTable>>;

/**
 * Keys that some command knows. A file or an environment may serve several commands: what another
 * command understands is no mistake.
 */
export const KNOWN_KEYS: ReadonlySet<string> = new Set(
  [GLOBAL_SETTINGS, ...Object.values(COMMAND_SETTINGS)].flatMap((table) => Object.keys(table)),
);
