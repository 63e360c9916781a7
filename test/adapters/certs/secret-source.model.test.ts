import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { events } from "./model/events.ts";
import { SETTLED, World } from "./model/world.ts";
import { DAY, MINUTE, SECOND } from "./support/certificates.ts";

const MORE = process.env["KEYMATE_GUARD_MODEL_RUNS"];
/** KEYMATE_GUARD_MODEL_RUNS=1000 looks for new scripts, for minutes; without it the same few run. */
const RUNS = Number(MORE ?? 30);
const options = { endOnFailure: true, ...(MORE === undefined ? { seed: 1 } : {}) };

const size = fc.integer({ min: 2, max: 5 });
const seed = fc.nat();

async function inWorld(replicas: number, number: number, play: (world: World) => Promise<void>) {
  const world = new World(replicas, number);
  try {
    await play(world);
  } finally {
    world.stop();
  }
}

describe("SecretSource, several replicas", () => {
  it("that start at once on an empty Secret end with one CA and at most 10 writes, in any order", async () => {
    const property = fc.asyncProperty(size, seed, fc.array(fc.nat({ max: 20 })), (n, s, choices) =>
      inWorld(n, s, async (world) => {
        for (let index = 0; index < n; index += 1) world.start(index);
        for (const choice of choices) await world.release(choice);
        await world.pass(5 * SECOND);
        assert.equal(world.api.secret.writes, 1);
        assert.ok(world.api.history.length - 1 + world.api.secret.writes <= 10);
        world.assertAgreement();
        world.assertOneAuthority();
      }),
    );
    await fc.assert(property, { ...options, numRuns: RUNS });
  });

  it("never serve what a caller does not trust, agree when trouble is over, end with one CA", async () => {
    const script = fc.array(events, { minLength: 5, maxLength: 40 });
    const property = fc.asyncProperty(size, seed, script, (n, s, steps) =>
      inWorld(n, s, async (world) => {
        world.start(0);
        await world.pass(10 * MINUTE);
        for (const run of steps) await run(world);
        world.heal();
        await world.pass(SETTLED);
        world.assertAgreement();
        await world.pass(SETTLED);
        world.timeline.now += DAY;
        await world.pass(3 * MINUTE);
        world.assertAgreement();
        world.assertOneAuthority();
      }),
    );
    await fc.assert(property, { ...options, numRuns: RUNS });
  });
});
