import { z } from "zod";
import type { SettingSpec, SettingTable } from "../../../src/config/setting-spec.ts";
import { GLOBAL_SETTINGS } from "../../../src/config/settings-global.ts";

const DURATION = /^(?:0|[0-9]{1,12}(?:\.[0-9]{1,6})?(?:ms|s|m|h|d))$/;

/** Settings of a command as a map in the values, without those that the chart works out itself. */
export function settingValues(table: SettingTable, derived: readonly string[]): z.ZodType {
  const { logLevel, logFormat } = GLOBAL_SETTINGS;
  const shape = Object.entries({ ...table, logLevel, logFormat })
    .filter(([key]) => !derived.includes(key))
    .map(([key, spec]) => [key, schemaOf(spec).describe(spec.description)] as const);
  return z.strictObject(Object.fromEntries(shape)).partial();
}

function schemaOf({ type, values = [] }: SettingSpec): z.ZodType {
  switch (type) {
    case "enum":
      return z.enum(values);
    case "port":
      return z.int().min(1).max(65_535);
    case "count":
      return z.int().min(1).max(999);
    case "boolean":
      return z.boolean();
    case "duration":
      return z.string().regex(DURATION);
    case "list":
      return z.array(z.string().regex(/^[^,]+$/));
    default:
      return z.string().min(1);
  }
}
