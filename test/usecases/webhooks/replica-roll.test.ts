import assert from "node:assert/strict";
import { test } from "node:test";
import { ReplicaRoll } from "../../../src/usecases/webhooks/replica-roll.ts";

const WINDOW = 30;

/** Each line: when, and who answered. */
function rollOf(...heard: readonly (readonly [number, ...string[]])[]): ReplicaRoll {
  const roll = new ReplicaRoll();
  for (const [at, ...replicas] of heard) roll.heard(replicas, at, WINDOW);
  return roll;
}

test("replicas that answer in turns are together from the later one's first answer", () => {
  const roll = rollOf([0, "a"], [10, "b"], [20, "a"], [30, "b"], [40, "a"]);
  assert.equal(roll.count(40, WINDOW), 2);
  assert.equal(roll.together(1), 40);
  assert.equal(roll.together(2), 20);
  assert.equal(roll.together(3), undefined);
});

test("a replica that ended and its successor are never together", () => {
  const roll = rollOf([0, "a"], [10, "a"], [20, "b"], [30, "b"]);
  assert.equal(roll.count(30, WINDOW), 2);
  assert.equal(roll.together(2), undefined);
});

test("a replica that was away for longer than the window begins anew", () => {
  const roll = rollOf([0, "a", "b"], [20, "a"], [40, "a", "b"]);
  assert.equal(roll.together(2), 0);
});

test("of three replicas the two that were together longest count", () => {
  const roll = rollOf([0, "a"], [5, "b"], [25, "a", "b", "c"]);
  assert.equal(roll.together(2), 20);
  assert.equal(roll.together(3), 0);
});

test("replicas that fell silent are no longer counted", () => {
  const roll = rollOf([0, "a", "b"], [25, "a"]);
  assert.equal(roll.count(31, WINDOW), 1);
});
