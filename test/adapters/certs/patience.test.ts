import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Callers, Patience } from "../../../src/adapters/certs/patience.ts";
import type { PlanContext } from "../../../src/adapters/certs/secret-plan.ts";
import { createAll, type SecretWrite } from "../../../src/adapters/certs/secret-write.ts";
import { HOUR, MINUTE, SECOND } from "./support/certificates.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const OTHERS = 75 * SECOND;

function callers(change: Partial<Callers> = {}): Callers {
  return {
    trustedSince: () => undefined,
    published: () => "",
    hasEntries: () => true,
    readBack: async () => {},
    ...change,
  };
}

function at(ms: number): PlanContext {
  return {
    ...{ names: [], now: NOW + ms, overlapMs: 10 * MINUTE, dropMs: 0, lastCallMs: 0 },
    ...{ trustedSince: () => undefined, published: () => "" },
  };
}

const alone = createAll("1", 1, at(0));
const { isAlone: _, ...ordinary } = alone;
const move: SecretWrite = { ...ordinary, onceTrusted: "the new CA" };

describe("Patience", () => {
  it("holds back nothing where nobody tells callers whom to trust", async () => {
    const patience = new Patience(undefined, OTHERS);
    assert.equal(await patience.reasonToWait(alone, at(0)), undefined);
    assert.equal(await patience.reasonToWait(move, at(0)), undefined);
  });

  it("lets a write pass that nobody has to be prepared for, without a look at the entries", async () => {
    const readBack = () => Promise.reject(new Error("asked"));
    const patience = new Patience(callers({ readBack }), OTHERS);
    assert.equal(await patience.reasonToWait(ordinary, at(0)), undefined);
  });

  it("makes a CA alone at once when there is no entry", async () => {
    const patience = new Patience(callers({ hasEntries: () => false }), OTHERS);
    assert.equal(await patience.reasonToWait(alone, at(0)), undefined);
  });

  it("gives replicas that may serve their time before it makes a CA alone, and again later", async () => {
    const patience = new Patience(callers(), OTHERS);
    for (let ms = 0; ms < OTHERS; ms += SECOND) {
      const reason = await patience.reasonToWait(alone, at(ms));
      assert.equal(reason, "waiting for replicas that still serve to write what they have");
      assert.ok(patience.isWaiting);
    }
    assert.equal(await patience.reasonToWait(alone, at(OTHERS)), undefined);
    patience.forget();
    assert.equal(patience.isWaiting, false);
    assert.ok(await patience.reasonToWait(alone, at(OTHERS)), "another time is another wait");
  });

  it("takes neither suspension nor a clock that is set for time that others had", async () => {
    const patience = new Patience(callers(), OTHERS);
    for (const ms of [0, 3 * HOUR, -3 * HOUR]) {
      assert.ok(await patience.reasonToWait(alone, at(ms)));
    }
    const left = OTHERS - 2 * 5 * SECOND;
    assert.ok(await patience.reasonToWait(alone, at(-3 * HOUR + SECOND)));
    for (let ms = 2 * SECOND; ms < left; ms += SECOND) {
      assert.ok(await patience.reasonToWait(alone, at(-3 * HOUR + ms)));
    }
    assert.equal(await patience.reasonToWait(alone, at(-3 * HOUR + left)), undefined);
  });

  it("takes entries that cannot be read for there", async () => {
    const readBack = () => Promise.reject(new Error("forbidden"));
    const patience = new Patience(callers({ readBack, hasEntries: () => false }), OTHERS);
    assert.ok(await patience.reasonToWait(alone, at(0)));
  });

  it("moves to a new CA by what the entries say now, not by what a watch brought", async () => {
    let since: number | undefined = NOW - 20 * MINUTE;
    const readBack = async () => {
      since = undefined;
    };
    const patience = new Patience(callers({ readBack, trustedSince: () => since }), OTHERS);
    assert.match((await patience.reasonToWait(move, at(0))) ?? "", /lost the new CA/);
  });

  it("moves when every entry has had the CA for the overlap, and no earlier", async () => {
    const patience = new Patience(callers({ trustedSince: () => NOW }), OTHERS);
    assert.ok(await patience.reasonToWait(move, at(10 * MINUTE - 1)));
    assert.equal(await patience.reasonToWait(move, at(10 * MINUTE)), undefined);
  });

  it("does not move while the entries cannot be read", async () => {
    const readBack = () => Promise.reject(new Error("forbidden"));
    const patience = new Patience(callers({ readBack, trustedSince: () => NOW }), OTHERS);
    await assert.rejects(patience.reasonToWait(move, at(20 * MINUTE)), /forbidden/);
  });
});
