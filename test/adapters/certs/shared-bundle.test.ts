import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readCertificates } from "../../../src/adapters/certs/pem.ts";
import { SharedBundle } from "../../../src/adapters/certs/shared-bundle.ts";
import { DAY, HOUR, MINUTE, makeAuthority, makeLeaf } from "./support/certificates.ts";
import { FakeClock } from "./support/fake-clock.ts";

const start = new FakeClock().now();
const old = makeAuthority(start - 300 * DAY);
const fresh = makeAuthority(start, 2);

function generations(bundle: string): readonly string[] {
  return (readCertificates(bundle) ?? []).map(({ subject }) => subject.slice(-1));
}

describe("SharedBundle", () => {
  it("is the same for the replica that has the new CA and the one that has not", () => {
    const options = { clock: new FakeClock(), keepMs: HOUR };
    const ahead = new SharedBundle(options).merge(fresh.cert, [old.cert]);
    assert.deepEqual(generations(ahead), ["2", "1"]);
    assert.equal(new SharedBundle(options).merge(old.cert, [ahead, ahead]), ahead);
  });

  it("lets a CA of others go after its time, and starts anew when somebody brings it back", async () => {
    const clock = new FakeClock();
    const bundle = new SharedBundle({ clock, keepMs: HOUR });
    const both = bundle.merge(fresh.cert, [old.cert]);
    await clock.advance(HOUR - MINUTE);
    assert.deepEqual(generations(bundle.merge(fresh.cert, [both])), ["2", "1"]);
    await clock.advance(MINUTE);
    assert.deepEqual(generations(bundle.merge(fresh.cert, [both])), ["2"]);
    assert.deepEqual(generations(bundle.merge(fresh.cert, [fresh.cert])), ["2"]);
    assert.deepEqual(generations(bundle.merge(fresh.cert, [both])), ["2", "1"]);
  });

  it("keeps nothing that is expired, no CA, or not readable", () => {
    const expired = makeAuthority(start - 10 * DAY, 3, DAY);
    const leaf = makeLeaf(old, start);
    const live = [expired.cert, leaf.cert, "", "garbage", fresh.cert];
    const bundle = new SharedBundle({ clock: new FakeClock(), keepMs: HOUR });
    assert.deepEqual(generations(bundle.merge(fresh.cert, live)), ["2"]);
  });
});
