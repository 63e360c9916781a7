import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { describe, it } from "node:test";
import type { KeyPair } from "../../../src/adapters/certs/authority.ts";
import {
  type PlanContext,
  planSecret,
  type SecretAction,
} from "../../../src/adapters/certs/secret-plan.ts";
import {
  annotationsOf,
  classify,
  type ManagedSet,
} from "../../../src/adapters/certs/secret-state.ts";
import {
  DAY,
  HOUR,
  MINUTE,
  makeAuthority,
  makeLeaf,
  NAMES,
  toSet,
} from "./support/certificates.ts";

const start = Date.parse("2026-03-01T12:00:00Z");
const ca = makeAuthority(start, 1);
const next = makeAuthority(start, 2);
const leaf = makeLeaf(ca, start);

function managed(change: Partial<ManagedSet> = {}): ManagedSet {
  return {
    set: toSet(ca, leaf),
    generation: 1,
    leafGeneration: 1,
    pendingSince: undefined,
    dropAfter: undefined,
    ...change,
  };
}

function both(newest: KeyPair, older: KeyPair, serving: KeyPair) {
  return { ...toSet(newest, serving), "ca.crt": newest.cert + older.cert };
}

function context(now: number, change: Partial<PlanContext> = {}): PlanContext {
  const trust = { trustedSince: () => 0, published: () => "", lastCallMs: 2 * MINUTE };
  return { names: NAMES, now, overlapMs: 10 * MINUTE, dropMs: DAY, ...trust, ...change };
}

/** What a replica does that finds `stored` (undefined: an empty Secret). */
function act(
  stored: ManagedSet | undefined,
  memory: ManagedSet | undefined,
  with_: PlanContext,
): SecretAction {
  const snapshot = {
    resourceVersion: "1",
    data: stored?.set ?? {},
    annotations: stored === undefined ? {} : annotationsOf(stored),
    labels: {},
  };
  return planSecret(classify(snapshot, with_), memory, with_);
}

function why(action: SecretAction): string {
  return action.kind === "write" ? action.why : action.kind;
}

function written(action: SecretAction) {
  assert.ok(action.kind === "write", `expected a write, got ${action.kind}`);
  return action;
}

describe("planSecret", () => {
  it("serves what is valid and not due", () => {
    assert.equal(why(act(managed(), undefined, context(start))), "serve");
    assert.equal(why(act(managed(), managed(), context(start + 59 * DAY))), "serve");
  });

  it("waits for a Secret that does not exist and leaves a foreign one alone", () => {
    const absent = planSecret({ kind: "absent" }, managed(), context(start));
    assert.ok(absent.kind === "wait");
    assert.match(absent.reason, /create it empty/);
    const foreign = planSecret({ kind: "foreign", reason: "x" }, managed(), context(start));
    assert.deepEqual(foreign, { kind: "wait", reason: "left alone: x" });
  });

  it("creates everything in an empty Secret when nothing is in memory", () => {
    const action = written(act(undefined, undefined, context(start)));
    assert.deepEqual(action.issue, { kind: "create", generation: 1, published: "" });
  });

  it("goes on publishing the CAs that callers know beside one that it has to make alone", () => {
    const published = () => ca.cert;
    const broken = managed({ set: { ...toSet(ca, leaf), "ca.crt": "" } });
    for (const stored of [undefined, broken]) {
      const action = written(act(stored, undefined, context(start, { published })));
      assert.ok(action.issue?.kind === "create");
      assert.equal(action.issue.published, ca.cert);
      assert.equal(action.after.dropAfter, start + DAY);
    }
  });

  it("keeps the leaf and its CA when the Secret was emptied under a running replica", () => {
    const action = written(act(undefined, managed({ generation: 4 }), context(start)));
    assert.ok(action.issue?.kind === "rotate");
    assert.equal(action.issue.generation, 5);
    assert.equal(action.issue.trusted.length, 1);
    assert.equal(action.issue.renewWith, undefined);
    assert.equal(action.base["tls.crt"], leaf.cert);
    assert.equal(action.after.pendingSince, start);
  });

  it("renews that leaf from its own CA when it is due at the same time", () => {
    const now = start + 70 * DAY;
    const action = written(act(undefined, managed(), context(now)));
    assert.ok(action.issue?.kind === "rotate");
    assert.equal(action.issue.renewWith?.key, ca.key);
  });

  it("creates anew when what is in memory has expired", () => {
    const action = written(act(undefined, managed({ generation: 4 }), context(start + 91 * DAY)));
    assert.deepEqual(action.issue, { kind: "create", generation: 1, published: "" });
  });

  it("renews a leaf past two thirds of its life from the same CA", () => {
    const action = written(act(managed(), managed(), context(start + 61 * DAY)));
    assert.equal(action.why, "leaf renewed");
    assert.equal(action.issue?.kind, "issue-leaf");
    assert.equal(action.after.dropAfter, undefined);
  });

  it("does not renew a leaf again and again that ends with its CA", () => {
    const short = makeAuthority(start, 1, 10 * DAY);
    const stored = managed({ set: toSet(short, makeLeaf(short, start + 3 * DAY)) });
    const actions = [5, 6, 7].map((days) =>
      why(act(stored, undefined, context(start + days * DAY))),
    );
    assert.deepEqual(actions, ["serve", "serve", "new CA published"]);
  });

  it("issues a leaf for a new name, and keeps the names of the old one", () => {
    const names = [...NAMES, "guard.example"];
    const action = written(act(managed(), undefined, context(start, { names })));
    assert.equal(action.why, "leaf repaired");
    assert.ok(action.issue?.kind === "issue-leaf");
    assert.ok(action.issue.moreNames.includes("localhost"));
  });

  it("repairs a broken leaf from an intact CA, without the names of an unreadable one", () => {
    const stored = managed({ set: { ...toSet(ca, leaf), "tls.crt": "?" } });
    const action = written(act(stored, managed(), context(start)));
    assert.ok(action.issue?.kind === "issue-leaf");
    assert.deepEqual(action.issue.moreNames, []);
  });

  it("keeps a servable pair in service when only the CA key is lost", () => {
    const stored = managed({ set: { ...toSet(ca, leaf), "ca.key": "?" } });
    const action = written(act(stored, undefined, context(start)));
    assert.ok(action.issue?.kind === "rotate");
    assert.equal(action.issue.generation, 2);
    assert.equal(action.base["tls.key"], leaf.key);
  });

  it("publishes a new CA beside the old one when less than a third of its life is left", () => {
    const now = start + 1230 * DAY;
    const stored = managed({ set: toSet(ca, makeLeaf(ca, now)) });
    const action = written(act(stored, stored, context(now)));
    assert.equal(action.why, "new CA published");
    assert.equal(action.after.generation, 2);
    assert.equal(action.after.leafGeneration, 1);
  });
});

describe("planSecret, while a new CA is pending", () => {
  const pending = managed({ set: both(next, ca, leaf), generation: 2, pendingSince: start });

  it("waits for the overlap and for the callers to trust it", () => {
    const at = (ms: number, change = {}) => why(act(pending, pending, context(start + ms, change)));
    assert.equal(at(10 * MINUTE - 1), "serve");
    assert.equal(at(10 * MINUTE), "leaf moved to the new CA");
    assert.equal(at(DAY, { trustedSince: () => undefined }), "serve");
    const trustedSince = (pem: string) => (pem === next.cert ? start + HOUR : undefined);
    assert.equal(at(HOUR + 10 * MINUTE - 1, { trustedSince }), "serve");
    assert.equal(at(HOUR + 10 * MINUTE, { trustedSince }), "leaf moved to the new CA");
  });

  it("moves the leaf right before it ends, trusted or not, and no earlier", () => {
    const end = new X509Certificate(pending.set["tls.crt"]).validToDate.getTime();
    const at = (now: number) =>
      why(act(pending, pending, context(now, { trustedSince: () => undefined })));
    assert.equal(at(start + 61 * DAY), "serve");
    assert.equal(at(end - 2 * MINUTE - 1), "serve");
    assert.equal(at(end - 2 * MINUTE), "leaf moved to the new CA");
  });

  it("keeps the old CA for a day after the move, or as long as its leaf lives", () => {
    const move = (now: number) => written(act(pending, pending, context(now))).after.dropAfter;
    assert.equal(move(start + HOUR), start + HOUR + DAY);
    assert.equal(move(start + 89.5 * DAY), start + 90 * DAY);
  });

  it("drops the old CA then, and not before", () => {
    const moved = managed({
      set: both(next, ca, makeLeaf(next, start)),
      generation: 2,
      leafGeneration: 2,
      dropAfter: start + DAY,
    });
    assert.equal(why(act(moved, moved, context(start + DAY - 1))), "serve");
    const action = written(act(moved, moved, context(start + DAY)));
    assert.equal(action.issue, undefined);
    assert.equal(action.base["ca.crt"], next.cert);
    assert.equal(action.after.dropAfter, undefined);
  });

  it("puts back the leaf that callers trust when the stored one breaks", () => {
    const broken = { ...pending, set: { ...pending.set, "tls.key": "?" } };
    const action = written(act(broken, pending, context(start)));
    assert.equal(action.issue, undefined);
    assert.equal(action.base["tls.key"], leaf.key);
    assert.equal(action.after.pendingSince, start);
  });

  it("sets a date for the old CA too when the leaf is replaced because it broke", () => {
    const broken = { ...pending, set: { ...pending.set, "tls.crt": "" } };
    const action = written(act(broken, pending, context(start + HOUR)));
    assert.equal(action.why, "leaf repaired");
    assert.equal(action.after.dropAfter, start + HOUR + DAY);
  });

  it("puts back a leaf together with every CA that callers may know, and no date for any", () => {
    const older = managed({ set: toSet(ca, leaf), dropAfter: start + HOUR });
    const broken = { ...pending, set: { ...toSet(next, leaf), "tls.crt": "?" } };
    const action = written(act(broken, older, context(start)));
    assert.equal(action.why, "leaf put back");
    assert.equal(action.base["ca.crt"], next.cert + ca.cert);
    assert.equal(action.base["ca.key"], next.key);
    assert.equal(action.base["tls.crt"], leaf.cert);
    const { leafGeneration, pendingSince, dropAfter } = action.after;
    assert.deepEqual([leafGeneration, pendingSince, dropAfter], [1, start, undefined]);
  });

  it("makes a leaf of a CA that callers may not know only alone, when nothing is in memory", () => {
    const broken = { ...pending, set: { ...pending.set, "tls.crt": "?" } };
    const action = written(act(broken, undefined, context(start)));
    assert.equal(action.why, "leaf repaired");
    assert.equal(action.isAlone, true);
  });

  it("goes by the dates of the CA when the annotation is lost", () => {
    const stored = { ...pending, pendingSince: undefined };
    assert.equal(why(act(stored, stored, context(start))), "leaf moved to the new CA");
  });
});

describe("planSecret, when the Secret is older than what is in service", () => {
  const memory = managed({
    set: toSet(next, makeLeaf(next, start)),
    generation: 2,
    leafGeneration: 2,
  });

  it("puts the newer CA back and goes on publishing the other for a while", () => {
    const action = written(act(managed(), memory, context(start)));
    assert.equal(action.base["ca.crt"], next.cert + ca.cert);
    assert.equal(action.after.generation, 2);
    assert.equal(action.after.dropAfter, start + DAY);
  });

  it("takes the Secret for right when the generations are equal", () => {
    assert.equal(why(act(managed({ generation: 2 }), memory, context(start))), "serve");
  });

  it("does not insist on something that has expired", () => {
    const old = managed({ set: toSet(ca, makeLeaf(ca, start + 89 * DAY)), generation: 1 });
    assert.equal(why(act(old, memory, context(start + 100 * DAY))), "serve");
  });
});
