import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeSecret } from "../../../src/adapters/certs/inspect-secret.ts";
import { annotationsOf, type ManagedSet } from "../../../src/adapters/certs/secret-state.ts";
import { makeAuthority, makeLeaf, NAMES, toSet } from "./support/certificates.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const expected = { names: NAMES, now };
const [ca, next] = [makeAuthority(now, 1), makeAuthority(now, 2)];
const leaf = makeLeaf(ca, now);

function snapshot(change: Partial<ManagedSet> = {}) {
  const dates = { pendingSince: undefined, dropAfter: undefined };
  const managed = { set: toSet(ca, leaf), generation: 1, leafGeneration: 1, ...dates, ...change };
  const annotations = annotationsOf(managed);
  return { data: managed.set, annotations, labels: {}, resourceVersion: "1" };
}

describe("describeSecret", () => {
  it("names the entries that lack the CA of the leaf", () => {
    const entries = [
      { name: "good", caBundle: next.cert + ca.cert },
      { name: "other", caBundle: next.cert },
      { name: "blank", caBundle: "" },
    ];
    const found = describeSecret(snapshot(), entries, expected);
    assert.equal(found.state, "valid");
    assert.deepEqual(found.distrusting, ["other", "blank"]);
  });

  it("says nothing of entries that cannot be read, or where no CA signed the leaf", () => {
    assert.equal(describeSecret(snapshot(), undefined, expected).distrusting, undefined);
    const broken = describeSecret(snapshot({ set: toSet(next, leaf) }), [], expected);
    assert.deepEqual([broken.state, broken.distrusting], ["corrupt", undefined]);
  });

  it("tells how far a rotation is", () => {
    const both = { ...toSet(next, leaf), "ca.crt": next.cert + ca.cert };
    const rotation = (change: Partial<ManagedSet>) =>
      describeSecret(snapshot({ set: both, ...change }), [], expected).rotation;
    assert.match(rotation({ pendingSince: now }) ?? "", /published since 2026-03-01T12:00:00Z/);
    assert.match(rotation({ dropAfter: now }) ?? "", /stay published until 2026-03-01T12:00:00Z/);
    assert.equal(rotation({}), undefined);
  });

  it("says no more of a Secret that is absent, empty or of somebody else", () => {
    const foreign = { ...snapshot(), annotations: {} };
    const empty = { ...snapshot(), data: {} };
    const states = [undefined, empty, foreign].map((one) => describeSecret(one, [], expected));
    assert.deepEqual(
      states.map(({ state, set }) => [state, set]),
      ["absent", "empty", "foreign"].map((state) => [state, undefined]),
    );
  });

  it("holds no key", () => {
    assert.doesNotMatch(JSON.stringify(describeSecret(snapshot(), [], expected)), /PRIVATE|BEGIN/);
  });
});
