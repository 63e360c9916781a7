import { createHash } from "node:crypto";
import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import type { Rule } from "../../engine/rule.ts";
import { fixKey, type ProposedFix, type ProposedFixes } from "../../usecases/proposed-fix.ts";
import type { Report, ReportFinding } from "../../usecases/report.ts";
import { lineOf } from "../../usecases/report-entry.ts";
import type { Reporter } from "./reporter.ts";
import { repositoryPath } from "./repository-path.ts";
import { LEVELS, ruleDescriptor } from "./sarif-rules.ts";
import { objectText } from "./words.ts";

const SCHEMA =
  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/** What the file says about its maker. */
export interface SarifTool {
  readonly version: string;
  readonly rules: readonly Rule[];
}

/** Made only when they are asked for: each costs a reading of its document. */
export type FixSource = () => ProposedFixes;

/** SARIF 2.1.0, for code scanning: one run, every rule of the door, one result per finding. */
export function sarifReporter({ version, rules }: SarifTool, fixSource?: FixSource): Reporter {
  return (report) => {
    const { door, findings } = report;
    const listed = rules.filter(({ doors }) => doors === undefined || doors.includes(door));
    const indexes = new Map(listed.map(({ id }, index) => [id, index]));
    const seen = new Map<string, number>();
    const fixes = fixSource?.();
    const driver = {
      name: "keymate-guard",
      version,
      semanticVersion: version,
      rules: listed.map(ruleDescriptor),
    };
    const run = {
      tool: { driver },
      // A category of its own, so that audit and check do not replace each other's results.
      automationDetails: { id: `keymate-guard/${door}/` },
      columnKind: "utf16CodeUnits",
      invocations: [invocationOf(report)],
      results: findings.map((finding) => ({
        ...resultOf(finding, indexes.get(finding.rule), seen),
        ...fixesOf(finding, fixes),
      })),
    };
    const log = { $schema: SCHEMA, version: "2.1.0", runs: [run] };
    return `${JSON.stringify(log, null, 2)}\n`;
  };
}

/** What could not be verified is said as a notification: it is no result, and no pass either. */
function invocationOf({ generatedAt, skipped }: Report) {
  return {
    executionSuccessful: true,
    endTimeUtc: generatedAt,
    ...(skipped.length === 0
      ? {}
      : {
          toolExecutionNotifications: skipped.map(({ rule, object, reason }) => ({
            level: "note",
            message: { text: `not verified: ${objectText(object)}: ${reason}` },
            associatedRule: { id: rule },
          })),
        }),
  };
}

function resultOf(finding: ReportFinding, index: number | undefined, seen: Map<string, number>) {
  const { rule, mode, practice, fixable } = finding;
  return {
    ruleId: rule,
    ...(index === undefined ? {} : { ruleIndex: index }),
    level: LEVELS[mode],
    message: { text: plainText(lineOf(finding).slice(`[${rule}] `.length)) },
    locations: [locationOf(finding)],
    partialFingerprints: { "keymateGuardFinding/v1": fingerprintOf(finding, seen) },
    properties: { practice, mode, fixable },
  };
}

/** `[text](target)` would be read as a link. */
function plainText(text: string): string {
  const parts = text.split("]");
  const isLabel = (at: number) => parts[at + 1]?.startsWith("(") === true;
  return parts.map((part, at) => (isLabel(at) ? part.replaceAll("[", "\\[") : part)).join("]");
}

function fixesOf({ source, pointer, fixable }: ReportFinding, fixes: ProposedFixes | undefined) {
  const fix = source && fixable ? fixes?.get(fixKey(source, pointer)) : undefined;
  return fix === undefined ? {} : { fixes: [fixOf(fix)] };
}

function fixOf({ file, text, ...region }: ProposedFix) {
  return {
    description: { text: "add what admission would add" },
    artifactChanges: [
      {
        artifactLocation: artifactOf(file),
        replacements: [{ deletedRegion: region, insertedContent: { text } }],
      },
    ],
  };
}

function locationOf({ source, object, path }: ReportFinding) {
  const { kind, namespace, name } = object;
  const owner = [kind, namespace, name].filter((part) => part !== undefined).join("/");
  const logical = {
    name,
    kind: "resource",
    fullyQualifiedName: path === "" ? owner : `${owner}#${path}`,
  };
  if (source === undefined) return { logicalLocations: [logical] };
  const { file, line, column } = source;
  const region = { startLine: line, ...(column === undefined ? {} : { startColumn: column }) };
  return {
    physicalLocation: { artifactLocation: artifactOf(file), region },
    logicalLocations: [logical],
  };
}

function artifactOf(file: string) {
  if (isAbsolute(file)) return { uri: pathToFileURL(file).href };
  const uri = repositoryPath(file).toWellFormed().split("/").map(encodeURIComponent).join("/");
  return { uri, uriBaseId: "%SRCROOT%" };
}

/** Of what a finding is about, never of its line: edits above it leave it the same finding. */
function fingerprintOf({ rule, object, path, source }: ReportFinding, seen: Map<string, number>) {
  const { apiVersion, kind, namespace = "", name } = object;
  const file = source === undefined ? "" : repositoryPath(source.file);
  const identity = JSON.stringify([rule, file, apiVersion, kind, namespace, name, path]);
  const count = (seen.get(identity) ?? 0) + 1;
  seen.set(identity, count);
  const hash = createHash("sha256").update(identity).digest("hex").slice(0, 32);
  return `${hash}:${count}`;
}
