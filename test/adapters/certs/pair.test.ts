import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { coversName } from "../../../src/adapters/certs/names.ts";
import { inspectPair, type PairText } from "../../../src/adapters/certs/pair.ts";
import { readCertificates } from "../../../src/adapters/certs/pem.ts";
import { DAY, makeAuthority, makeLeaf, makeSet, NAMES } from "./support/certificates.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const ca = makeAuthority(now);
const leaf = makeLeaf(ca, now);
const good = { cert: leaf.cert, key: leaf.key, ca: ca.cert };

function codes(change: Partial<PairText>, at = now, names: readonly string[] = NAMES): string[] {
  return inspectPair({ ...good, ...change }, { names, now: at }).map((problem) => problem.code);
}

describe("inspectPair", () => {
  it("finds nothing wrong with a fresh pair and its CA", () => {
    assert.deepEqual(codes({}), []);
  });

  it("does not judge trust when no CA is given", () => {
    assert.deepEqual(codes({ ca: undefined }), []);
  });

  it("takes any CA of a bundle for the issuer", () => {
    assert.deepEqual(codes({ ca: makeAuthority(now, 2).cert + ca.cert }), []);
  });

  const other = makeSet(now, 2);
  const cases: readonly (readonly [string, Partial<PairText>, readonly string[]])[] = [
    ["an unreadable certificate", { cert: "hello" }, ["cert-unreadable"]],
    ["a truncated certificate", { cert: leaf.cert.slice(0, -30) }, ["cert-unreadable"]],
    ["a missing certificate", { cert: "" }, ["cert-unreadable"]],
    ["an unreadable key", { key: "hello" }, ["key-unreadable"]],
    ["the key of another certificate", { key: other["tls.key"] }, ["key-mismatch"]],
    ["an unreadable CA", { ca: "hello" }, ["ca-unreadable"]],
    [
      "a CA bundle with a truncated second part",
      { ca: ca.cert + ca.cert.slice(0, 99) },
      ["ca-unreadable"],
    ],
    ["another CA", { ca: other["ca.crt"] }, ["not-trusted"]],
    ["a CA that is none", { ca: leaf.cert }, ["ca-not-ca"]],
    ["a CA that did not sign, named alike", { ca: makeAuthority(now).cert }, ["not-trusted"]],
    [
      "a CA as the serving certificate",
      { cert: ca.cert, key: ca.key, ca: undefined },
      NAMES.map(() => "name-missing"),
    ],
  ];
  for (const [title, change, expected] of cases) {
    it(`reports ${title}`, () => assert.deepEqual(codes(change), expected));
  }

  it("reports the dates, on the second", () => {
    const [certificate] = readCertificates(leaf.cert) ?? [];
    const from = certificate?.validFromDate.getTime() ?? 0;
    const to = certificate?.validToDate.getTime() ?? 0;
    assert.deepEqual(codes({}, from), []);
    assert.deepEqual(codes({}, from - 1, []).slice(0, 1), ["not-yet-valid"]);
    assert.deepEqual(codes({}, to), []);
    assert.deepEqual(codes({}, to + 1), ["expired"]);
  });

  it("reports an issuer that has expired before its leaf could", () => {
    assert.deepEqual(codes({}, now + 2000 * DAY), ["expired", "not-trusted"]);
  });

  it("names each name that is missing", () => {
    const problems = inspectPair(good, { names: ["localhost", "a.example", "10.0.0.1"], now });
    assert.deepEqual(
      problems.map((problem) => problem.message),
      ["tls.crt does not cover a.example", "tls.crt does not cover 10.0.0.1"],
    );
  });
});

describe("coversName", () => {
  const [wild] = readCertificates(makeLeaf(ca, now, ["*.apps.example", "x.example"]).cert) ?? [];

  it("takes a wildcard for one label, as Go does", () => {
    assert.ok(wild);
    assert.equal(coversName(wild, "a.apps.example"), true);
    assert.equal(coversName(wild, "apps.example"), false);
    assert.equal(coversName(wild, "a.b.apps.example"), false);
    assert.equal(coversName(wild, "*.apps.example"), true);
    assert.equal(coversName(wild, "*.example"), false);
  });

  it("does not read the common name", () => {
    const [plain] = readCertificates(ca.cert) ?? [];
    assert.ok(plain);
    assert.equal(coversName(plain, "keymate-guard generation 1"), false);
  });
});
