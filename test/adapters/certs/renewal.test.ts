import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { readCertificates } from "../../../src/adapters/certs/pem.ts";
import { backoffMs, isRenewalDue, renewAt, tickMs } from "../../../src/adapters/certs/renewal.ts";
import { DAY, makeAuthority, makeLeaf, NAMES, SECOND } from "./support/certificates.ts";

const lives = fc.integer({ min: 30 * SECOND, max: 3650 * DAY });
const unit = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

describe("renewal", () => {
  it("is due when less than a third of the certificate's own life is left", () => {
    const certificate = { validFromDate: new Date(0), validToDate: new Date(90 * DAY) };
    assert.equal(renewAt(certificate), 60 * DAY);
    assert.equal(isRenewalDue(certificate, 60 * DAY), false);
    assert.equal(isRenewalDue(certificate, 60 * DAY + 1), true);
  });

  it("is never due at once, and is seen by a tick long before the end, for any life", () => {
    const now = Date.parse("2026-03-01T12:00:00Z");
    fc.assert(
      fc.property(lives, unit, (lifeMs, random) => {
        const [leaf] =
          readCertificates(makeLeaf(makeAuthority(now, 1, 2 * lifeMs), now, NAMES, lifeMs).cert) ??
          [];
        assert.ok(leaf);
        assert.equal(isRenewalDue(leaf, now), false);
        const left = leaf.validToDate.getTime() - renewAt(leaf);
        assert.ok(tickMs(lifeMs, random) * 2 < left, "two ticks fit into the last third");
      }),
      { numRuns: 200 },
    );
  });
});

describe("tickMs", () => {
  it("is a minute or a tenth of a shorter life, 20 % more or less", () => {
    assert.equal(tickMs(90 * DAY, 0.5), 60_000);
    assert.equal(tickMs(30 * SECOND, 0.5), 3000);
    fc.assert(
      fc.property(lives, unit, (life, random) => {
        const middle = Math.min(60_000, life / 10);
        const tick = tickMs(life, random);
        assert.ok(tick >= 0.8 * middle - 1e-6 && tick <= 1.2 * middle + 1e-6);
      }),
    );
  });
});

describe("backoffMs", () => {
  it("grows from one second to one minute and stays there", () => {
    assert.equal(backoffMs(1, 0.99).toFixed(0), "1000");
    assert.equal(backoffMs(3, 0.5), 3000);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), unit, (failures, random) => {
        const wait = backoffMs(failures, random);
        assert.ok(wait >= 1000 && wait <= 60_000);
      }),
    );
  });
});
