import { systemClock } from "../../../src/cli/system-clock.ts";
import type { Clock } from "../../../src/usecases/ports/clock.ts";

/** How many seconds of the guard pass in a real one; 1 runs everything as long as in production. */
export const PACE = Number(process.env["KEYMATE_TEST_PACE"] ?? 20);

const started = Date.now();

/** Runs ahead of the real clock, and its timers with it. */
export const fastClock: Clock = {
  now: () => Math.round(started + (Date.now() - started) * PACE),
  sleep: (ms, signal) => systemClock.sleep(ms / PACE, signal),
};

/** The condition's first true answer, asked every few milliseconds for so many guard seconds. */
export async function within(
  seconds: number,
  condition: () => boolean | Promise<boolean>,
  what: () => string = () => condition.toString(),
): Promise<void> {
  const deadline = fastClock.now() + seconds * 1000;
  while (!(await condition())) {
    if (fastClock.now() > deadline) throw new Error(`not within ${seconds} s: ${what()}`);
    await systemClock.sleep(10);
  }
}
