import type { SettingTable } from "./setting-spec.ts";

/** The script knows everything by itself; it takes the global flags only. */
export const COMPLETION_SETTINGS = {} as const satisfies SettingTable;
