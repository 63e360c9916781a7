import { writeFileSync } from "node:fs";
import type { Reporter } from "../adapters/output/reporter.ts";
import { environmentError } from "../usecases/app-error.ts";
import type { Report } from "../usecases/report.ts";
import type { CliIo, Output } from "./io.ts";

export interface ReportTarget {
  readonly render: Reporter;
  /** `--output`; undefined: the stream. */
  readonly file: string | undefined;
  readonly output: Output;
  readonly io: CliIo;
}

/** Throws AppError when the file cannot be written. */
export function writeReport(report: Report, { render, file, output, io }: ReportTarget): void {
  if (file === undefined) {
    output.write(render(report, { color: output.isTerminal && !io.env["NO_COLOR"] }));
    return;
  }
  try {
    writeFileSync(file, render(report, { color: false }));
  } catch (error) {
    throw environmentError(
      "output-unwritable",
      `--output ${file} cannot be written: ${(error as Error).message}`,
      error,
    );
  }
}
