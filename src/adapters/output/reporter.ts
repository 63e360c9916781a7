import type { Report } from "../../usecases/report.ts";

export interface ReporterOptions {
  /** ANSI colours; the caller knows the terminal and NO_COLOR. */
  readonly color: boolean;
}

/** One output format: a whole report to text. Add a format by adding a file. */
export type Reporter = (report: Report, options: ReporterOptions) => string;
