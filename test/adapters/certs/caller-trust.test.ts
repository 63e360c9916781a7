import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CallerTrust } from "../../../src/adapters/certs/caller-trust.ts";
import { SharedLook } from "../../../src/adapters/certs/shared-look.ts";
import { createAuthority } from "../../cluster/pki.ts";
import { DAY, MINUTE, makeAuthority } from "./support/certificates.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { FakeLogger } from "./support/fake-logger.ts";

const clock = new FakeClock();
const ca = makeAuthority(clock.now()).cert;
const next = makeAuthority(clock.now(), 2).cert;

function make() {
  let woken = 0;
  const look = new SharedLook(new FakeLogger(), () => {
    woken += 1;
  });
  const own = new FakeClock();
  return { trust: new CallerTrust({ shared: look, clock: own }), look, own, woken: () => woken };
}

describe("CallerTrust", () => {
  it("keeps a CA of another replica until a look that began after it was seen is confirmed", () => {
    const { trust, look, woken } = make();
    const before = look.begin();
    trust.observe([ca + next, ca + next]);
    assert.equal(trust.bundle(ca), ca + next);
    assert.equal(woken(), 1, "it looks at once");
    look.confirm(before);
    assert.equal(trust.bundle(ca), ca + next, "that look may have been too early");
    look.confirm(look.begin());
    assert.equal(trust.bundle(ca), ca);
  });

  it("asks again when the entries change meanwhile", () => {
    const { trust, look } = make();
    trust.observe([ca + next]);
    trust.bundle(ca);
    look.confirm(look.begin());
    trust.observe([next]);
    assert.equal(trust.bundle(ca), ca + next);
  });

  it("keeps neither what is not of this program nor what has expired", async () => {
    const { trust, own } = make();
    const foreign = (await createAuthority("somebody else")).cert;
    const short = makeAuthority(own.now(), 3, DAY).cert;
    trust.observe([ca + foreign + short]);
    assert.equal(trust.bundle(ca), ca + short);
    own.step(2 * DAY);
    assert.equal(trust.bundle(ca), ca);
  });

  it("names the newest three CAs of this program that entries contain, each once", async () => {
    const { trust, own } = make();
    assert.equal(trust.published(), "");
    const [oldest, old, late] = [1, 2, 3].map(
      (days) => makeAuthority(own.now() + days * DAY, 3 + days).cert,
    );
    const foreign = (await createAuthority("somebody else")).cert;
    trust.observe([`${ca}${oldest}${foreign}`, `${old}${late}${ca}`]);
    assert.equal(trust.published(), `${late}${old}${oldest}`);
  });

  it("counts from when every entry had the CA, and from anew when one lost it", () => {
    const { trust, own } = make();
    assert.equal(trust.trustedSince(ca), undefined, "nothing is known yet");
    trust.observe([ca, ca + next]);
    const first = own.now();
    assert.equal(trust.trustedSince(ca), first);
    assert.equal(trust.trustedSince(next), undefined);
    own.step(MINUTE);
    trust.observe([ca + next, ca + next]);
    assert.equal(trust.trustedSince(ca), first);
    assert.equal(trust.trustedSince(next), first + MINUTE);
    own.step(MINUTE);
    trust.observe(["", ca + next]);
    assert.equal(trust.trustedSince(ca), undefined);
    own.step(MINUTE);
    trust.observe([ca + next, ca + next]);
    assert.equal(trust.trustedSince(ca), first + 3 * MINUTE);
    trust.observe([]);
    assert.equal(trust.trustedSince(ca), 0, "there is nobody to tell");
  });
});
