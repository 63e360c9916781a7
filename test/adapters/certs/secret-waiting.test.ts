import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PlanContext } from "../../../src/adapters/certs/secret-plan.ts";
import {
  annotationsOf,
  classify,
  type ManagedSet,
} from "../../../src/adapters/certs/secret-state.ts";
import { waitingFor } from "../../../src/adapters/certs/secret-waiting.ts";
import { DAY, MINUTE, makeAuthority, makeLeaf, NAMES, toSet } from "./support/certificates.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const ca = makeAuthority(now, 1);
const next = makeAuthority(now, 2);
const both = (leaf = makeLeaf(ca, now)) => ({
  ...toSet(next, leaf),
  "ca.crt": next.cert + ca.cert,
});
const context: PlanContext = {
  ...{ names: NAMES, now, overlapMs: 10 * MINUTE, dropMs: DAY, lastCallMs: MINUTE },
  ...{ trustedSince: () => now + MINUTE, published: () => "" },
};

function clause(managed: Partial<ManagedSet>, change: Partial<PlanContext> = {}) {
  const full = { set: toSet(ca, makeLeaf(ca, now)), generation: 1, leafGeneration: 1 };
  const stored = { ...full, pendingSince: undefined, dropAfter: undefined, ...managed };
  const snapshot = { data: stored.set, annotations: annotationsOf(stored) };
  const all = { ...context, ...change };
  return waitingFor(classify({ ...snapshot, labels: {}, resourceVersion: "1" }, all), all);
}

describe("waitingFor", () => {
  it("says nothing of a Secret without a rotation, of none, and of one that is broken", () => {
    assert.equal(clause({}), undefined);
    assert.equal(waitingFor({ kind: "absent" }, context), undefined);
    assert.equal(clause({ set: { ...both(), "tls.key": "?" }, generation: 2 }), undefined);
  });

  it("waits for the entries, then says when the leaf moves: by the later of both dates", () => {
    const pending = { set: both(), generation: 2, pendingSince: now };
    assert.equal(
      clause(pending, { trustedSince: () => undefined }),
      "CA generation 2 is published, waiting until every webhook entry contains it",
    );
    assert.equal(
      clause(pending),
      "CA generation 2 is published, the leaf moves to it after 2026-03-01T12:11:00.000Z",
    );
    assert.match(clause(pending, { trustedSince: () => 0 }) ?? "", /after 2026-03-01T12:10:00/);
  });

  it("says until when the old CA stays", () => {
    const moved = { set: both(makeLeaf(next, now)), generation: 2, leafGeneration: 2 };
    assert.equal(
      clause({ ...moved, dropAfter: now + DAY }),
      "the CA before generation 2 stays trusted until 2026-03-02T12:00:00.000Z",
    );
    assert.equal(clause(moved), undefined);
  });
});
