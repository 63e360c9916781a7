import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CertificateSet } from "../../../src/adapters/certs/certificate-set.ts";
import {
  annotationsOf,
  classify,
  type SecretState,
} from "../../../src/adapters/certs/secret-state.ts";
import { DAY, makeAuthority, makeLeaf, makeSet, NAMES, toSet } from "./support/certificates.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const set = makeSet(now);
const managed = { set, generation: 3, leafGeneration: 2, pendingSince: now, dropAfter: undefined };

function state(
  data: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>> = annotationsOf(managed),
  labels: Readonly<Record<string, string>> = {},
): SecretState {
  return classify({ resourceVersion: "7", data, annotations, labels }, { names: NAMES, now });
}

function corrupted(change: Partial<CertificateSet>, names = NAMES, at = now): string {
  const snapshot = {
    resourceVersion: "7",
    data: { ...set, ...change },
    annotations: annotationsOf(managed),
    labels: {},
  };
  const result = classify(snapshot, { names, now: at });
  assert.equal(result.kind, "corrupt");
  return result.kind === "corrupt" ? result.reason : "";
}

describe("classify", () => {
  it("knows an absent Secret and an empty one, with or without keys and annotations", () => {
    assert.equal(classify(undefined, { names: NAMES, now }).kind, "absent");
    assert.equal(state({}, {}).kind, "empty");
    assert.equal(state({ "tls.crt": "", "tls.key": "" }, {}).kind, "empty");
    const kept = state({});
    assert.ok(kept.kind === "empty" && kept.generation === 3);
  });

  it("reads back what was written", () => {
    const result = state(set);
    assert.ok(result.kind === "valid");
    assert.deepEqual(result.managed, managed);
    assert.equal(result.resourceVersion, "7");
  });

  it("takes the label for the mark of ownership as well", () => {
    assert.equal(state(set, {}, { "policy.keymate.io/managed-by": "keymate-guard" }).kind, "valid");
  });

  it("calls data without the mark foreign, be it certificates or anything else", () => {
    for (const data of [set, { password: "x" }]) {
      const result = state(data, {});
      assert.ok(result.kind === "foreign");
      assert.match(result.reason, /without the annotation policy\.keymate\.io\/managed-by/);
    }
    assert.equal(state(set, { "policy.keymate.io/managed-by": "helm" }).kind, "foreign");
  });

  it("keeps its hands off what a newer version wrote", () => {
    const annotations = { ...annotationsOf(managed), "policy.keymate.io/certs-format": "2" };
    assert.equal(state(set, annotations).kind, "foreign");
  });

  it("survives annotations that are not numbers or times", () => {
    const junk = {
      "policy.keymate.io/ca-generation": "-1e9",
      "policy.keymate.io/ca-pending-since": "?",
    };
    const result = state(set, { ...annotationsOf(managed), ...junk });
    assert.ok(result.kind === "valid");
    assert.equal(result.managed.generation, 0);
    assert.equal(result.managed.pendingSince, undefined);
  });

  const other = makeSet(now);
  const ca = { cert: set["ca.crt"], key: set["ca.key"] };
  const cases: readonly (readonly [string, Partial<CertificateSet>, RegExp])[] = [
    ["ca.crt that is no PEM", { "ca.crt": "?" }, /ca\.crt is not a PEM certificate/],
    ["ca.crt missing", { "ca.crt": "" }, /there is no ca\.crt/],
    ["ca.key missing", { "ca.key": "" }, /there is no ca\.key/],
    ["ca.key of another CA", { "ca.key": other["ca.key"] }, /ca\.key does not belong/],
    [
      "a CA that is none",
      { "ca.crt": set["tls.crt"], "ca.key": set["tls.key"] },
      /not the certificate of a CA/,
    ],
    ["tls.crt missing", { "tls.crt": "" }, /there is no tls\.crt/],
    ["tls.key of another leaf", { "tls.key": other["tls.key"] }, /tls\.key does not belong/],
    [
      "a leaf of another CA",
      { "tls.crt": other["tls.crt"], "tls.key": other["tls.key"] },
      /not signed/,
    ],
    ["a leaf with a missing name", toSet(ca, makeLeaf(ca, now, ["localhost"])), /does not cover/],
    ["an expired leaf", toSet(ca, makeLeaf(ca, now, NAMES, -1000)), /expired/],
    [
      "a CA in place of the leaf",
      { "tls.crt": set["ca.crt"], "tls.key": set["ca.key"] },
      /does not cover/,
    ],
  ];
  for (const [title, change, reason] of cases) {
    it(`calls ${title} corrupt and says so`, () => assert.match(corrupted(change), reason));
  }

  it("calls a CA past its dates corrupt", () => {
    const short = makeAuthority(now, 1, DAY);
    const leaf = makeLeaf(short, now);
    assert.match(corrupted(toSet(short, leaf), NAMES, now + 2 * DAY), /ca\.crt expired/);
  });
});
