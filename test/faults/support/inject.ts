/**
 * Loaded before main.ts: brings about faults inside of a guard that is otherwise the one of production.
 * What happens is asked for by messages, or by labels of the object that is judged.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { getHeapStatistics } from "node:v8";
import { z } from "zod";
import { defineRule, type Rule } from "../../../src/engine/rule.ts";
import { dig } from "../../../src/kubernetes/json.ts";
import { RULES } from "../../../src/rules/index.ts";
import { type Injection, SECRET, SLOW_RULE_MS, SLOW_RULES } from "./injection.ts";

const held: unknown[] = [];

function injected(id: string, label: string, act: () => void): Rule {
  return defineRule({
    id,
    title: id,
    why: "It is a test.",
    practice: "resources",
    since: "0.1.0",
    targets: [{ kinds: ["Deployment.apps"], operations: ["CREATE", "UPDATE"] }],
    needs: [],
    mode: "enforce",
    reads: ["metadata"],
    params: z.strictObject({}),
    check: ({ object }) => {
      if (dig(object.raw, "metadata", "labels", label) !== undefined) act();
      return [];
    },
  });
}

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Lists of numbers until so much of the heap is in use; gives it back after a while. */
async function fillHeap(share: number, ms: number): Promise<void> {
  const { heap_size_limit: limit } = getHeapStatistics();
  while (getHeapStatistics().used_heap_size < limit * share) {
    held.push(Array.from({ length: 100_000 }, (_, index) => index + 0.5));
  }
  await sleep(ms);
  held.length = 0;
}

let longestTurnMs = 0;

/** Processor time of the longest turn of the event loop, which a busy machine does not change. */
function watchTurns(): void {
  let last = process.threadCpuUsage();
  const turn = () => {
    const now = process.threadCpuUsage();
    longestTurnMs = Math.max(
      longestTurnMs,
      (now.user + now.system - last.user - last.system) / 1e3,
    );
    last = now;
    setImmediate(turn);
  };
  turn();
}

(RULES as Rule[]).push(
  injected("injected-throw", "throws", () => {
    throw new Error(SECRET);
  }),
  ...Array.from({ length: SLOW_RULES }, (_, index) =>
    injected(`injected-slow-${index}`, "slow", () => block(SLOW_RULE_MS)),
  ),
);

process.on("message", (injection: Injection) => {
  if (injection.kind === "reject") void Promise.reject(new Error(SECRET));
  if (injection.kind === "throw") {
    setImmediate(() => {
      throw new Error(SECRET);
    });
  }
  if (injection.kind === "watch-turns") watchTurns();
  if (injection.kind === "tell-turns") process.send?.(longestTurnMs);
  if (injection.kind === "block") block(injection.ms);
  if (injection.kind === "fill-heap") void fillHeap(injection.share, injection.ms);
});
// Only listening must not keep a drained guard alive.
process.channel?.unref();
