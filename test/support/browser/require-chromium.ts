import { findChromium, HOW_TO_INSTALL } from "./chromium.ts";

// Before the browser tests: one sentence instead of one failure for each of them.
if (findChromium() === undefined) {
  console.error(HOW_TO_INSTALL);
  process.exitCode = 3;
}
