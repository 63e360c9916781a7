import { join } from "node:path";
import type { Arm } from "../support/arm.ts";
import { startGuard } from "../support/guard.ts";
import { nodeAlone } from "../support/one-shot.ts";
import { median, short } from "../support/stats.ts";

const TARGET_MS = 700;

/** From the start of the process until /readyz says yes, and Node alone beside it. */
export const startup: Arm = async ({ dir, quick, progress }) => {
  const rounds = quick ? 3 : 15;
  const alone: number[] = [];
  const absent: number[] = [];
  const present: number[] = [];
  for (let round = 0; round < rounds; round++) {
    progress(`round ${round + 1} of ${rounds}`);
    const certDir = join(dir, `startup-${round}`);
    alone.push(nodeAlone());
    for (const times of [absent, present]) {
      const guard = await startGuard({ certDir });
      times.push(guard.readyMs);
      await guard.stop();
    }
  }
  const raw = { nodeAlone: alone, certificatesAbsent: absent, certificatesPresent: present };
  const row = (name: string, times: readonly number[]) => [
    name,
    short(Math.min(...times)),
    short(median(times)),
    short(Math.max(...times)),
  ];
  return {
    title: "From process start to ready, stand-alone, ms",
    columns: ["what", "fastest", "median", "slowest"],
    rows: [
      row("node -e 0, start to exit", alone),
      row("serve, certificates absent", absent),
      row("serve, certificates present", present),
    ],
    targets: [["absent", absent] as const, ["present", present] as const].map(([what, times]) => ({
      text: `ready after ${short(median(times))} ms with certificates ${what}, ${TARGET_MS} asked at most`,
      met: median(times) <= TARGET_MS,
    })),
    raw,
  };
};
