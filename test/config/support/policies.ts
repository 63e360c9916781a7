import { z } from "zod";
import { formatProblem, type LoadedPolicy, loadPolicy } from "../../../src/config/load-policy.ts";
import type { Rule } from "../../../src/engine/rule.ts";
import { fakeRule } from "../../support/fake-rules.ts";

export const rules: readonly Rule[] = [
  fakeRule("res-limits-required", {
    title: "Limits on every container",
    params: z.strictObject({ cpu: z.enum(["enforce", "warn"]).default("enforce") }),
  }),
  fakeRule("res-default", {
    title: "Defaults for what is missing",
    params: z.object({
      announce: z.boolean().default(true).describe("Tell the user once"),
      exceptLayers: z.array(z.string()).default(["data"]),
    }),
  }),
  fakeRule("ha-spread", { title: "Replicas on several nodes", mode: "warn" }),
];

export const HEAD = "apiVersion: policy.keymate.io/v1alpha1\nkind: PlatformPolicy\n";

/** A file whose spec starts on line 4. */
export function withSpec(spec: string): string {
  return `${HEAD}spec:\n${spec}`;
}

export function load(text?: string, now?: number): LoadedPolicy {
  return loadPolicy({ text, source: "p.yaml", rules, now });
}

export function loaded(text?: string): Extract<LoadedPolicy, { ok: true }> {
  const result = load(text);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join("\n"));
  return result;
}

/** What is wrong with a file, one line each. */
export function complaints(text: string): string[] {
  const result = load(text);
  return result.ok ? [] : result.problems.map(formatProblem);
}
