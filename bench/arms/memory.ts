import { setTimeout as sleep } from "node:timers/promises";
import type { Arm } from "../support/arm.ts";
import { Load } from "../support/load.ts";
import { rssMb } from "../support/process-stats.ts";
import { recorded, VARIANTS } from "../support/reviews.ts";
import { short } from "../support/stats.ts";
import { startBoth } from "./https.ts";

const REVIEWS = 100_000;
const TARGET_MB = 100;

/** Resident memory without a cluster: idle, right after many reviews, and at rest again. */
export const memory: Arm = async ({ dir, quick, progress }) => {
  const reviews = quick ? 10_000 : REVIEWS;
  const { guard, bare } = await startBoth(dir);
  const load = new Load();
  const raw: { server: string; idle: number; loaded: number; rested: number }[] = [];
  try {
    // Node gives memory back when it has been idle for a while.
    await sleep(quick ? 2_000 : 10_000);
    for (const [name, server] of [
      ["bare", bare],
      ["guard", guard],
    ] as const) {
      const idle = rssMb(server.pid);
      for (const path of ["/mutate", "/validate"]) {
        progress(`${reviews / 2} reviews to ${name}${path}`);
        await load.run({
          port: server.port,
          path,
          bodies: VARIANTS.map(recorded),
          connections: 16,
          requests: reviews / 2,
          ca: server.ca,
        });
      }
      const loaded = rssMb(server.pid);
      await sleep(quick ? 2_000 : 20_000);
      raw.push({ server: name, idle, loaded, rested: rssMb(server.pid) });
    }
  } finally {
    load.stop();
    await Promise.all([guard.stop(), bare.stop()]);
  }
  const idle = raw.find(({ server }) => server === "guard")?.idle ?? Number.NaN;
  return {
    title: "Resident memory without a cluster, MB",
    columns: ["server", "idle", `after ${reviews.toLocaleString("en-US")} reviews`, "20 s later"],
    rows: raw.map((row) => [row.server, short(row.idle), short(row.loaded), short(row.rested)]),
    targets: [
      { text: `${short(idle)} MB idle, ${TARGET_MB} asked at most`, met: idle <= TARGET_MB },
    ],
    raw,
  };
};
