import { parseCron } from "../../src/kubernetes/cron.ts";
import { parseGoDuration } from "../../src/kubernetes/duration.ts";
import type { Target } from "./target.ts";

/** Any text as a schedule and as a duration: none, or one, and soon. */
export const target: Target = {
  dictionary: [
    "* ",
    "*/5",
    "0-59",
    "@daily",
    "@every 1h",
    "CRON_TZ=UTC ",
    "TZ=",
    "MON-FRI",
    "L",
    "?",
    "#",
    ",",
    "60",
    "ms",
    "1h30m",
  ],
  run(input) {
    const text = input.toString("utf8");
    for (const dialect of ["velero", "cnpg", "cronjob"] as const) parseCron(text, dialect);
    parseGoDuration(text);
  },
};
