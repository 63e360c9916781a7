import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Guarantee, NamedTest } from "../table.ts";

/** What became of one test when it was run last. */
export interface Result {
  readonly file: string;
  readonly title: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** `2026-11-23` */
  readonly date: string;
  /** Of the guard. */
  readonly version: string;
  readonly machine: string;
  /** What the test said about what it saw. */
  readonly measured: readonly string[];
}

export const RESULTS_PATH = "test/faults/results.json";
const FILE = join(import.meta.dirname, "../results.json");

export function readResults(): readonly Result[] {
  return JSON.parse(readFileSync(FILE, "utf8"));
}

/** Results of tests that were run again replace the ones before. */
export function recordResults(fresh: readonly Result[]): void {
  const rerun = new Set(fresh.map(keyOf));
  const kept = readResults().filter((result) => !rerun.has(keyOf(result)));
  const all = [...kept, ...fresh].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  writeFileSync(FILE, `${JSON.stringify(all, null, 2)}\n`);
}

function keyOf({ file, title }: Result): string {
  return `${file} ${title}`;
}

/** Whether a test that ran is the named one; `…` in a title stands for anything. */
export function isRunOf({ file, title }: NamedTest, run: Pick<Result, "file" | "title">): boolean {
  if (file !== run.file) return false;
  const parts = title.split("…").map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(run.title);
}

/** Of one guarantee: how many tests ran and passed; a test without a result counts as not run. */
export interface Standing {
  readonly state: "met" | "not met" | "not measured yet" | "in part";
  readonly results: readonly Result[];
}

export function standingOf(guarantee: Guarantee, results: readonly Result[]): Standing {
  const own = guarantee.tests.map((named) => results.filter((result) => isRunOf(named, result)));
  const all = own.flat();
  const outcomes = new Set(all.map(({ outcome }) => outcome));
  if (outcomes.has("failed")) return { state: "not met", results: all };
  if (!outcomes.has("passed")) return { state: "not measured yet", results: all };
  const whole = own.every((runs) => runs.some(({ outcome }) => outcome === "passed"));
  return { state: whole && guarantee.missing === undefined ? "met" : "in part", results: all };
}
