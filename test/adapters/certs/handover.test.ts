import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { announcing, Handover } from "../../../src/adapters/certs/handover.ts";
import { readCertificates } from "../../../src/adapters/certs/pem.ts";
import { DAY, MINUTE, makeAuthority, makeLeaf, makeSet, toSet } from "./support/certificates.ts";
import { FakeClock } from "./support/fake-clock.ts";

const now = new FakeClock().now();
const authority = makeAuthority(now);
const current = toSet(authority, makeLeaf(authority, now));
const next = makeSet(now, 2);
const OVERLAP = 10 * MINUTE;

function setup(trusted: readonly string[]) {
  const all = new Set(trusted);
  const trusts = (ca: string) => all.has(ca);
  return { trusted: all, handover: new Handover({ trusts, overlapMs: OVERLAP }) };
}

describe("Handover", () => {
  it("takes another pair of the same CA at once", () => {
    const renewed = toSet(authority, makeLeaf(authority, now + 1));
    assert.equal(setup([]).handover.isDue(current, renewed, now), true);
  });

  it("takes a pair of another CA when callers have trusted that CA for the overlap", () => {
    const { handover, trusted } = setup([]);
    assert.equal(handover.isDue(current, next, now), false);
    trusted.add(next["ca.crt"]);
    assert.equal(handover.isDue(current, next, now + MINUTE), false);
    assert.equal(handover.isDue(current, next, now + OVERLAP), false);
    assert.equal(handover.isDue(current, next, now + OVERLAP + MINUTE), true);
  });

  it("counts anew when the CA was gone in between", () => {
    const { handover, trusted } = setup([next["ca.crt"]]);
    handover.isDue(current, next, now);
    trusted.clear();
    handover.isDue(current, next, now + MINUTE);
    trusted.add(next["ca.crt"]);
    assert.equal(handover.isDue(current, next, now + OVERLAP), false);
    assert.equal(handover.isDue(current, next, now + 2 * OVERLAP), true);
  });

  it("counts the time that a CA was published before its first pair came", () => {
    const { handover } = setup([current["ca.crt"], next["ca.crt"]]);
    handover.observe(announcing(current, next), now);
    assert.equal(handover.isDue(current, next, now + OVERLAP), true);
  });

  it("waits no longer than the pair in service is good for", () => {
    const { handover } = setup([]);
    const later = toSet(authority, makeLeaf(authority, now, undefined, DAY));
    assert.equal(handover.isDue(later, next, now + DAY - MINUTE), false);
    assert.equal(handover.isDue(later, next, now + DAY + MINUTE), true);
  });

  it("does not wait where nobody is told whom to trust", () => {
    assert.equal(setup([]).handover.isDue(current, { ...next, "ca.crt": "" }, now), true);
  });

  it("announces the CAs of both with the pair in service", () => {
    const announced = announcing(current, next);
    assert.equal(announced["tls.crt"], current["tls.crt"]);
    assert.equal(announced["ca.crt"], `${next["ca.crt"]}${current["ca.crt"]}`);
    assert.equal(readCertificates(announced["ca.crt"])?.length, 2);
  });
});
