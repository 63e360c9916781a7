import assert from "node:assert/strict";
import { test } from "node:test";
import { TerminalProgress } from "../../../src/adapters/output/progress.ts";

const ERASE = "\r\u001b[K";

/** A terminal of its own, with a clock and timers that are turned by hand. */
function scene(columns?: number) {
  const written: string[] = [];
  let now = 50;
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  const progress = new TerminalProgress({
    terminal: { write: (text) => void written.push(text), columns },
    now: () => now,
    after(ms, callback) {
      const timer = { at: now + ms, callback };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
  });
  const advance = (ms: number) => {
    now += ms;
    for (const timer of timers) {
      if (timer.at > now) continue;
      timers.delete(timer);
      timer.callback();
    }
  };
  return { progress, advance, written, pending: () => timers.size };
}

test("work of less than two seconds is never spoken of", () => {
  const { progress, advance, written, pending } = scene();
  progress.report("reading files", 0, 2);
  advance(1_999);
  progress.report("reading files", 1, 2);
  progress.clear();
  advance(10_000);
  assert.deepEqual(written, []);
  assert.equal(pending(), 0);
});

test("longer work has one line that is redrawn in place, and erased at the end", () => {
  const { progress, advance, written } = scene();
  progress.report("listing pods");
  advance(2_000);
  progress.report("listing pods", 12_000);
  progress.report("listing pods", 12_500, 50_000);
  advance(100);
  progress.clear();
  progress.clear();
  assert.deepEqual(written, [
    `${ERASE}listing pods …`,
    `${ERASE}listing pods 12,500 of 50,000 …`,
    ERASE,
  ]);
});

test("work that only waits is spoken of by the timer, without another report", () => {
  const { progress, advance, written } = scene();
  progress.report("connecting to the API server");
  advance(2_000);
  assert.deepEqual(written, [`${ERASE}connecting to the API server …`]);
});

test("work that never gives way to the timers is spoken of by its own reports", () => {
  const written: string[] = [];
  let now = 0;
  const progress = new TerminalProgress({
    terminal: { write: (text) => void written.push(text) },
    now: () => now,
    after: () => ({ cancel: () => {} }),
  });
  for (let done = 0; done < 30; done++) {
    progress.report("judging objects", done, 30);
    now += 90;
  }
  assert.deepEqual(written, [
    `${ERASE}judging objects 23 of 30 …`,
    `${ERASE}judging objects 25 of 30 …`,
    `${ERASE}judging objects 27 of 30 …`,
    `${ERASE}judging objects 29 of 30 …`,
  ]);
});

test("what follows after the line was cleared is drawn again", () => {
  const { progress, advance, written } = scene();
  progress.report("reading files");
  advance(2_000);
  progress.clear();
  progress.report("judging objects");
  progress.clear();
  assert.deepEqual(written, [`${ERASE}reading files …`, ERASE, `${ERASE}judging objects …`, ERASE]);
});

test("a line never reaches the last column of a narrow terminal", () => {
  const { progress, advance, written } = scene(20);
  progress.report("listing horizontalpodautoscalers", 3);
  advance(2_000);
  assert.deepEqual(written, [`${ERASE}listing horizontal…`]);
  assert.equal("listing horizontal…".length, 19);
});

test("names that carry escape sequences are shown, not obeyed", () => {
  const { progress, advance, written } = scene();
  progress.report("listing \u001b[2J");
  advance(2_000);
  assert.deepEqual(written, [`${ERASE}listing \\u001b[2J …`]);
});
