import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Event, events, replicaEvents } from "./model/events.ts";
import { OVERLAP } from "./model/replica.ts";
import { SETTLED, World } from "./model/world.ts";
import { DAY, MINUTE, SECOND } from "./support/certificates.ts";

/** KEYMATE_GUARD_MODEL_RUNS=1000 looks for rare scripts, for minutes. Failures name seed and path. */
const RUNS = Number(process.env["KEYMATE_GUARD_MODEL_RUNS"] ?? 25);
const options = { endOnFailure: true, numRuns: RUNS };

const size = fc.integer({ min: 2, max: 5 });
const seed = fc.nat();
const scriptOf = (event: fc.Arbitrary<Event>) => fc.array(event, { minLength: 5, maxLength: 40 });

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
    await fc.assert(property, options);
  });

  it("never serve what a caller does not trust, agree when trouble is over, end with one CA", async () => {
    const property = fc.asyncProperty(size, seed, scriptOf(events), (n, s, steps) =>
      inWorld(n, s, async (world) => {
        world.start(0);
        await world.pass(OVERLAP);
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
    await fc.assert(property, options);
  });

  it("never touch a Secret that belongs to somebody else, whatever happens to them", async () => {
    const property = fc.asyncProperty(
      ...([size, seed, fc.boolean(), scriptOf(replicaEvents)] as const),
      (n, s, isLater, steps) =>
        inWorld(n, s, async (world) => {
          if (isLater) {
            world.start(0);
            await world.pass(MINUTE);
          }
          world.plantForeign();
          const { secret } = world.api;
          const { snapshot, writes } = secret;
          for (const run of steps) await run(world);
          await world.pass(MINUTE);
          assert.equal(secret.writes, writes);
          assert.equal(secret.snapshot, snapshot);
        }),
    );
    await fc.assert(property, options);
  });
});
