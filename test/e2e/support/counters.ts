import assert from "node:assert/strict";
import type { GuardProcess } from "./guard-process.ts";

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples of one metric in a Prometheus page. */
export function samplesOf(page: string, name: string): readonly Sample[] {
  const samples: Sample[] = [];
  for (const line of page.split("\n")) {
    const match = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (match?.[1] !== name) continue;
    const labels = [...(match[2] ?? "").matchAll(/(\w+)="([^"]*)"/g)];
    samples.push({
      name,
      labels: Object.fromEntries(labels.map(([, key = "", value = ""]) => [key, value])),
      value: Number(match[3]),
    });
  }
  return samples;
}

/** Sum of the samples that carry all the given labels. */
export function total(page: string, name: string, labels: Sample["labels"] = {}): number {
  return samplesOf(page, name)
    .filter((sample) =>
      Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    )
    .reduce((sum, { value }) => sum + value, 0);
}

/** The same from the guard's own page. */
export async function guardTotal(
  guard: GuardProcess,
  name: string,
  labels: Sample["labels"] = {},
): Promise<number> {
  return total((await guard.ops("/metrics")).text, name, labels);
}

/** The API server is the judge: no answer was invalid, late or lost, no condition failed. */
export function assertNoFaultyAnswer(page: string): void {
  const rejections = samplesOf(page, "apiserver_admission_webhook_rejection_count");
  const faults = [
    ...rejections.filter(({ labels }) => labels["error_type"] !== "no_error"),
    ...samplesOf(page, "apiserver_admission_webhook_fail_open_count"),
    ...samplesOf(page, "apiserver_admission_match_condition_evaluation_errors_total"),
  ];
  assert.deepEqual(
    faults.filter(({ value }) => value > 0),
    [],
  );
}

/** How often a guard blamed itself. */
export async function assertNoInternalError(guard: GuardProcess): Promise<void> {
  const { text } = await guard.ops("/metrics");
  assert.equal(total(text, "keymate_guard_internal_errors_total"), 0, guard.log());
}
