import { readdirSync } from "node:fs";
import { join } from "node:path";
import { loadFiles } from "../../src/adapters/files/load.ts";
import { checkFiles } from "../../src/usecases/check-files.ts";
import type { Report } from "../../src/usecases/report.ts";
import { policyWith } from "./policy.ts";

const BROKEN = join(import.meta.dirname, "../../examples/broken");

/** What the broken twin of the example platform is told, as the layer map wants it. */
export function brokenReport(now = Date.UTC(2026, 10, 23, 12)): Report {
  const files = readdirSync(BROKEN)
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .map((name) => join(BROKEN, name));
  const settings = { policy: policyWith(), now, namespace: "default", state: [], inventory: true };
  return checkFiles(loadFiles(files), settings).report;
}
