import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** A folder that goes with the test. */
export function scratch(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "keymate-certs-"));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A signal that is aborted when the test ends. */
export function untilEnd(context: TestContext): AbortSignal {
  const controller = new AbortController();
  context.after(() => controller.abort());
  return controller.signal;
}
