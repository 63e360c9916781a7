import type { SettingTable } from "./setting-spec.ts";

/** The demo shows the embedded policy; it takes the global flags only. */
export const DEMO_SETTINGS = {} as const satisfies SettingTable;
