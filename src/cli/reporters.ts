import { randomUUID } from "node:crypto";
import { replaceFile, writeFailureMessage } from "../adapters/files/replace-file.ts";
import { renderGithub } from "../adapters/output/github.ts";
import { renderJson } from "../adapters/output/json.ts";
import { junitReporter } from "../adapters/output/junit.ts";
import type { Reporter } from "../adapters/output/reporter.ts";
import { type FixSource, sarifReporter } from "../adapters/output/sarif.ts";
import { renderText } from "../adapters/output/text.ts";
import type { ReportFormat } from "../config/settings-check.ts";
import type { Mode } from "../engine/modes.ts";
import { RULES } from "../rules/index.ts";
import { environmentError } from "../usecases/app-error.ts";
import type { Report } from "../usecases/report.ts";
import type { CliIo, Output } from "./io.ts";

export interface ReportSettings {
  readonly format: ReportFormat;
  readonly output?: string | undefined;
  readonly failOn: Exclude<Mode, "off"> | "never";
}

type Context = ReportSettings & {
  readonly version: string;
  readonly fixes: FixSource | undefined;
};

const REPORTERS: Readonly<Record<ReportFormat, (context: Context) => Reporter>> = {
  text: () => renderText,
  json: () => renderJson,
  sarif: ({ version, fixes }) => sarifReporter({ version, rules: RULES }, fixes),
  junit: ({ failOn }) => junitReporter(failOn),
  github: () => renderGithub,
};

/** Writes the report to `--output`, else to the given stream. */
export function writeReport(
  report: Report,
  settings: ReportSettings,
  to: { readonly io: CliIo; readonly output: Output; readonly fixes?: FixSource },
): void {
  const { io, output, fixes } = to;
  const { format, output: file } = settings;
  const render = REPORTERS[format]({ ...settings, version: io.version, fixes });
  if (file === undefined) {
    output.write(render(report, { color: output.isTerminal && !io.env["NO_COLOR"] }));
    return;
  }
  try {
    replaceFile(file, render(report, { color: false }), randomUUID());
  } catch (error) {
    const message = `--output ${file} cannot be written: ${writeFailureMessage(error)}`;
    throw environmentError("output-unwritable", message, error);
  }
}
