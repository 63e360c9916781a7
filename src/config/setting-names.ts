export const ENVIRONMENT_PREFIX = "KEYMATE_GUARD_";

/** `--ops-port` for `opsPort`. */
export function flagOf(key: string): string {
  return `--${words(key).join("-")}`;
}

/** `KEYMATE_GUARD_OPS_PORT` for `opsPort`. */
export function variableOf(key: string): string {
  return ENVIRONMENT_PREFIX + words(key).join("_").toUpperCase();
}

/** `opsPort` for `ops-port`. */
export function keyOf(flagName: string): string {
  return flagName.replaceAll(/-([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

function words(key: string): string[] {
  return key.split(/(?=[A-Z])/).map((word) => word.toLowerCase());
}
