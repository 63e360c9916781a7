import { randomUUID } from "node:crypto";
import { replaceFile, writeFailureMessage } from "../adapters/files/replace-file.ts";
import type { Reporter } from "../adapters/output/reporter.ts";
import type { FixSource } from "../adapters/output/sarif.ts";
import type { AuditFormat } from "../config/settings-check.ts";
import type { Mode } from "../engine/modes.ts";
import { RULES } from "../rules/index.ts";
import { environmentError } from "../usecases/app-error.ts";
import type { Report } from "../usecases/report.ts";
import type { CliIo, Output } from "./io.ts";
import { wantsColour } from "./terminal.ts";

export interface ReportSettings {
  readonly format: AuditFormat;
  readonly output?: string | undefined;
  readonly failOn: Exclude<Mode, "off"> | "never";
}

type Context = ReportSettings & {
  readonly version: string;
  readonly fixes: FixSource | undefined;
};

/** Loaded on demand: one run writes one form. */
const REPORTERS: Readonly<Record<AuditFormat, (context: Context) => Promise<Reporter>>> = {
  text: async () => (await import("../adapters/output/text.ts")).renderText,
  json: async () => (await import("../adapters/output/json.ts")).renderJson,
  sarif: async ({ version, fixes }) =>
    (await import("../adapters/output/sarif.ts")).sarifReporter({ version, rules: RULES }, fixes),
  junit: async ({ failOn }) => (await import("../adapters/output/junit.ts")).junitReporter(failOn),
  github: async () => (await import("../adapters/output/github.ts")).renderGithub,
  html: async () => (await import("../adapters/output/html.ts")).htmlReporter(RULES),
  policyreport: async () =>
    (await import("../adapters/output/policy-report.ts")).policyReporter("policyreport"),
  openreports: async () =>
    (await import("../adapters/output/policy-report.ts")).policyReporter("openreports"),
};

/** Writes the report to `--output`, else to the given stream. */
export async function writeReport(
  report: Report,
  settings: ReportSettings,
  to: { readonly io: CliIo; readonly output: Output; readonly fixes?: FixSource },
): Promise<void> {
  const { io, output, fixes } = to;
  const { format, output: file } = settings;
  const render = await REPORTERS[format]({ ...settings, version: io.version, fixes });
  if (file === undefined) {
    output.write(render(report, { color: wantsColour(io, output) }));
    return;
  }
  try {
    replaceFile(file, render(report, { color: false }), randomUUID());
  } catch (error) {
    const message = `--output ${file} cannot be written: ${writeFailureMessage(error)}`;
    throw environmentError("output-unwritable", message, error);
  }
}
