import assert from "node:assert/strict";
import type { ApiRequest } from "../../cluster/api-client.ts";
import type { GuardTally } from "../../e2e/availability/support/guard-tally.ts";
import { storedLoad } from "../../e2e/availability/support/steady-load.ts";
import { samplesOf, total } from "../../e2e/support/counters.ts";
import { type Creates, isMutated } from "./creates.ts";

/** What the API servers counted about their webhooks. */
export interface ApiServerCounts {
  readonly asked: number;
  /** Requests refused because a call failed. */
  readonly callErrors: number;
  /** Calls that failed and were passed over. */
  readonly failedOpen: number;
  /** Any sample about a call, trust or condition that went wrong, for messages. */
  readonly faults: readonly string[];
}

export function countsOf(pages: readonly string[]): ApiServerCounts {
  const rejections = pages.flatMap((page) =>
    samplesOf(page, "apiserver_admission_webhook_rejection_count"),
  );
  const faulty = rejections.filter(({ labels }) => labels["error_type"] !== "no_error");
  const others = [
    "apiserver_admission_webhook_fail_open_count",
    "apiserver_admission_match_condition_evaluation_errors_total",
    "apiserver_webhooks_x509_missing_san_total",
    "apiserver_webhooks_x509_insecure_sha1_total",
  ].flatMap((name) => pages.flatMap((page) => samplesOf(page, name)));
  const sum = (name: string) => pages.reduce((all, page) => all + total(page, name), 0);
  return {
    asked: sum("apiserver_admission_webhook_request_total"),
    callErrors: faulty.reduce((all, { value }) => all + value, 0),
    failedOpen: sum("apiserver_admission_webhook_fail_open_count"),
    faults: [...faulty, ...others]
      .filter(({ value }) => value > 0)
      .map(({ name, labels, value }) => `${name}${JSON.stringify(labels)} ${value}`),
  };
}

/** A promise of no failure at all, as callers, API servers, guards and the store see it. */
export async function assertFlawless(
  creates: Creates,
  pages: readonly string[],
  guards: GuardTally,
): Promise<string> {
  assert.deepEqual(creates.failures, []);
  assert.deepEqual(creates.unmutated, []);
  const { asked, faults } = countsOf(pages);
  assert.deepEqual(faults, [], "the API servers saw no call fail");
  const requests = "keymate_guard_admission_requests_total";
  const answered = guards.total(requests);
  assert.equal(answered, asked, "the guards answered what the API servers asked");
  assert.equal(guards.total(requests, { outcome: "error" }), 0);
  assert.equal(guards.total("keymate_guard_internal_errors_total"), 0);
  const patched = guards.total(requests, { path: "/mutate", outcome: "patched" });
  assert(patched >= creates.created, `${patched} patches for ${creates.created} creates`);
  return `the API servers asked ${asked} times and saw 0 calls fail, the guards answered ${answered}`;
}

/** Everything that was created is there, as the guard wants it: nothing went in unseen. */
export async function assertStoredMutated(request: ApiRequest, created: number): Promise<string> {
  const stored = await storedLoad(request);
  const unmutated = stored.filter((one) => !isMutated(one)).map(({ metadata }) => metadata.name);
  assert.deepEqual(unmutated, []);
  assert.equal(stored.length, created, "as many are stored as were created");
  return `${stored.length} stored objects looked at again, 0 unmutated`;
}
