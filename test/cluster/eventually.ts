import { setTimeout as sleep } from "node:timers/promises";

/** Asks until there is an answer; what controllers do takes its time. */
export async function eventually<T>(
  ask: () => Promise<T | undefined | false>,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`No answer within ${timeoutMs / 1000} s`);
    await sleep(50);
  }
}
