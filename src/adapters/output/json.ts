import type { Reporter } from "./reporter.ts";

/** The report as it is, for scripts. */
export const renderJson: Reporter = (report) => `${JSON.stringify(report, null, 2)}\n`;
