import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../usecases/ports/clock.ts";

/** The machine's clock; its timers never keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    if (signal?.aborted === true) return;
    await delay(ms, undefined, { ref: false, ...(signal === undefined ? {} : { signal }) }).catch(
      () => {},
    );
  },
};
