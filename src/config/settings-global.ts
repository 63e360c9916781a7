import { choice, flag, path } from "./setting-spec.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export const LOG_FORMATS = ["auto", "json", "pretty"] as const;

/** Understood by every command. */
export const GLOBAL_SETTINGS = {
  help: { ...flag("Show this help"), flagOnly: true },
  version: { ...flag("Show the version"), flagOnly: true },
  config: path("Settings file: YAML, keys are the long flags in camelCase", {}),
  logLevel: choice("Least severe log line to write; debug adds stack traces", LOG_LEVELS, {
    default: "info",
  }),
  logFormat: choice("How to write logs; auto is pretty on a terminal, else json", LOG_FORMATS, {
    default: "auto",
  }),
} as const;
