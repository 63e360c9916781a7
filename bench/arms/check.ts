import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { deployment } from "../reviews/deployment.ts";
import type { Arm } from "../support/arm.ts";
import { BIN } from "../support/guard.ts";
import { nodeAlone, oneShot } from "../support/one-shot.ts";
import { median, short } from "../support/stats.ts";

/** `keymate-guard check` of one small manifest, from process start to exit. */
export const check: Arm = async ({ dir, quick }) => {
  const file = join(dir, "deployment.yaml");
  const manifest = deployment({ compliant: true, namespace: "platform-application" });
  writeFileSync(file, JSON.stringify(manifest, null, 2));
  const alone: number[] = [];
  const checked: number[] = [];
  for (let round = 0; round < (quick ? 3 : 20); round++) {
    alone.push(nodeAlone());
    checked.push(oneShot([BIN, "check", "--fail-on", "never", file]));
  }
  const row = (name: string, times: readonly number[]) => [
    name,
    short(Math.min(...times)),
    short(median(times)),
    short(Math.max(...times)),
  ];
  return {
    title: "check of one small file, process start to exit, ms",
    columns: ["what", "fastest", "median", "slowest"],
    rows: [row("node -e 0", alone), row("keymate-guard check", checked)],
    targets: [],
    raw: { nodeAlone: alone, check: checked },
  };
};
