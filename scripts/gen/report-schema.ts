import { z } from "zod";
import { MODES } from "../../src/engine/modes.ts";
import { PRACTICES } from "../../src/engine/rule.ts";
import { REPORT_API_VERSION, type Report } from "../../src/usecases/report.ts";
import type { Generator } from "./artifact.ts";

const OUTPUT = "docs/report.schema.json";

const count = z.int().min(0);
const practice = z.enum(PRACTICES);
const mode = z.enum(MODES).exclude(["off"]);
const VERDICTS = ["pass", "warn", "fail", "not-verified"] as const;
const status = z.enum([...VERDICTS, "not-applicable"]);

const object = z
  .strictObject({
    apiVersion: z.string(),
    kind: z.string(),
    namespace: z.string().optional().describe("Absent for cluster-scoped objects."),
    name: z.string(),
  })
  .meta({ id: "object" });

const source = z.strictObject({
  file: z.string().describe("As the user named it; <stdin> for standard input."),
  line: z.int().min(1).describe("A missing field has the line of its nearest existing parent."),
  column: z
    .int()
    .min(1)
    .optional()
    .describe("In UTF-16 code units; absent where the whole file is meant."),
});

const finding = z.strictObject({
  rule: z.string(),
  practice,
  mode,
  object,
  path: z.string().describe("The place in a reader's words; empty for the whole object."),
  pointer: z.string().describe("JSON pointer, RFC 6901."),
  message: z.string(),
  fix: z.string(),
  fixable: z.boolean().describe("--fix, or admission, fills the gap."),
  source: source.optional().describe("Only where the object comes from a file."),
});

const strings = z.array(z.string()).readonly();

/** Only the audit fills it. */
const readinessLine = z.strictObject({
  id: z.string(),
  title: z.string(),
  status,
  rules: strings,
  evidence: strings,
  notVerified: strings.optional(),
});

const reportSchema = z
  .strictObject({
    apiVersion: z.literal(REPORT_API_VERSION),
    kind: z.literal("Report"),
    door: z.enum(["admission", "audit", "check"]),
    policy: z.string(),
    generatedAt: z.iso.datetime(),
    summary: z.strictObject({
      objects: count,
      enforce: count,
      warn: count,
      audit: count,
      skipped: count,
      verdict: z.enum(VERDICTS),
    }),
    practices: z
      .array(z.strictObject({ id: practice, status, findings: count }))
      .readonly()
      .describe("The guide's practices in its order."),
    findings: z.array(finding).readonly(),
    skipped: z
      .array(z.strictObject({ rule: z.string(), object, reason: z.string() }))
      .readonly()
      .describe("What could not be verified, and why."),
    readiness: z.array(readinessLine).readonly().optional(),
  })
  .meta({
    title: "Keymate Guard report",
    description: "What keymate-guard check --format json writes",
  });

/** The compiler refuses a Report that the schema does not allow. */
const covers = (report: Omit<Report, "inventory">): z.input<typeof reportSchema> => report;

/** JSON Schema (draft 2020-12) of `--format json`. */
export const reportSchemaFile: Generator = {
  name: "report-schema",
  files: () => {
    void covers;
    const schema = z.toJSONSchema(reportSchema, { io: "input" });
    return Promise.resolve(new Map([[OUTPUT, `${JSON.stringify(schema, null, 2)}\n`]]));
  },
};
