import type { Mode } from "../engine/modes.ts";
import { Policy } from "../engine/policy.ts";
import type { Rule } from "../engine/rule.ts";
import { asObject, type JsonObject } from "../kubernetes/json.ts";
import { compilePolicy } from "./compile-policy.ts";
import { DEFAULT_POLICY } from "./default-policy.ts";
import { mergePolicy } from "./merge-policy.ts";
import { checkOverrides, expiredOverrides } from "./override-checks.ts";
import { checkDocument } from "./policy-checks.ts";
import { type PolicyDocument, policySchema } from "./policy-schema.ts";
import { type Mistake, type Position, showPath } from "./problem.ts";
import { checkReferences } from "./reference-checks.ts";
import { checkResources } from "./resource-checks.ts";
import { schemaMistakes, show } from "./schema-mistakes.ts";
import { readYaml, type YamlSource } from "./yaml-source.ts";

/** A mistake in a policy file. Line and column count from 1. */
export interface PolicyProblem {
  readonly source: string;
  readonly line: number;
  readonly column?: number;
  /** `spec.components[2].layer`; "" for the document itself. */
  readonly path: string;
  /** Continues the path: `must be a number, found "two"`. */
  readonly message: string;
}

export interface PolicyRequest {
  /** The user's file; without it the embedded policy is loaded as it is. */
  readonly text?: string | undefined;
  /** What to call the file in problems. */
  readonly source?: string | undefined;
  readonly rules: readonly Rule[];
  /** `--mode`: caps every rule. */
  readonly modeCap?: Mode | undefined;
  /** Milliseconds since the epoch; without it no override counts as expired. */
  readonly now?: number | undefined;
}

export type LoadedPolicy =
  | {
      readonly ok: true;
      readonly policy: Policy;
      /** The effective document, defaults laid under it. */
      readonly document: PolicyDocument;
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** Lays a document over the embedded one and compiles it. Never throws for what the user wrote. */
export function loadPolicy(request: PolicyRequest): LoadedPolicy {
  const { text, rules, modeCap = "enforce", now } = request;
  const source = request.source ?? (text === undefined ? "embedded policy" : "policy");
  const embedded = readYaml(DEFAULT_POLICY);
  const yaml = text === undefined ? embedded : readYaml(text);
  const user = asObject(yaml.value);
  const mistakes = [...yaml.mistakes];
  if (user === undefined) {
    if (mistakes.length === 0) mistakes.push(noMap(yaml.value));
    return { ok: false, problems: locateAll(mistakes, yaml, source) };
  }
  const merged = mergePolicy(asObject(embedded.value) ?? {}, user);
  // A value that YAML could not give is missing from here on; that is not worth a second report.
  const lost = new Set(mistakes.flatMap(({ path, at }) => (at ? [] : showPath(path))));
  mistakes.push(...judge(user, merged, rules).filter(({ path }) => !lost.has(showPath(path))));
  if (mistakes.length > 0) return { ok: false, problems: locateAll(mistakes, yaml, source) };
  const document = policySchema.parse(merged);
  return {
    ok: true,
    policy: new Policy(compilePolicy(document, rules, modeCap), rules),
    document,
    warnings: now === undefined ? [] : expiredOverrides(merged, now),
  };
}

/** `policy.yaml:12:7: spec.profile must be …`. */
export function formatProblem(problem: PolicyProblem): string {
  const column = problem.column === undefined ? "" : `:${problem.column}`;
  const subject = problem.path === "" ? "the policy" : problem.path;
  return `${problem.source}:${problem.line}${column}: ${subject} ${problem.message}`;
}

function judge(user: JsonObject, merged: JsonObject, rules: readonly Rule[]): Mistake[] {
  const mistakes = schemaMistakes(policySchema, user);
  const context = {
    user,
    merged,
    rules,
    report: (path: Mistake["path"], message: string) => {
      mistakes.push({ path, message });
    },
  };
  checkDocument(context);
  checkReferences(context);
  checkOverrides(context);
  checkResources(context);
  return mistakes;
}

function noMap(value: unknown): Mistake {
  const message =
    value === undefined || value === null
      ? "is empty: write a PlatformPolicy, or leave the file out to use the embedded policy"
      : `must be a map with apiVersion, kind and spec, found ${show(value)}`;
  return { path: [], message };
}

/** In the order of the file, each said once. */
function locateAll(
  mistakes: readonly Mistake[],
  yaml: YamlSource,
  source: string,
): PolicyProblem[] {
  const problems = new Map<string, PolicyProblem & Position>();
  for (const { path, message, at } of mistakes) {
    const { line, column } = at ?? yaml.locate(path);
    const problem = { source, line, column, path: showPath(path), message };
    problems.set(formatProblem(problem), problem);
  }
  return [...problems]
    .sort(
      ([text, left], [otherText, right]) =>
        left.line - right.line || left.column - right.column || (text < otherText ? -1 : 1),
    )
    .map(([, problem]) => problem);
}
