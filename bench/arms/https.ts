import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "../../test/cluster/ports.ts";
import type { Arm, ArmContext, ArmResult } from "../support/arm.ts";
import { BIN, type Server, startGuard, startScript } from "../support/guard.ts";
import { Load, type LoadResult } from "../support/load.ts";
import { cpuMs } from "../support/process-stats.ts";
import { recorded, VARIANTS } from "../support/reviews.ts";
import { median, short } from "../support/stats.ts";

const BARE = fileURLToPath(new URL("../support/bare-server.ts", import.meta.url));
const CONNECTIONS = 16;
const PATHS = ["/validate", "/mutate"] as const;
const TARGET = 0.6;

interface Sample extends LoadResult {
  readonly perSecond: number;
  readonly cpuUs: number;
}

/** What the guard costs beside a server that does nothing: round by round, one after the other. */
export const https: Arm = async (context) => {
  const { dir, quick, progress } = context;
  const { guard, bare } = await startBoth(dir);
  const load = new Load();
  const seconds = quick ? 1 : 3;
  const rounds = quick ? 3 : 8;
  const samples = new Map<string, Sample[]>();
  try {
    for (let round = -1; round < rounds; round++) {
      for (const path of PATHS) {
        for (const [name, server] of [
          ["bare", bare],
          ["guard", guard],
        ] as const) {
          const sample = await measure(load, server, path, seconds);
          // The first round is for the compiler.
          if (round < 0) continue;
          const key = `${name} ${path}`;
          samples.set(key, [...(samples.get(key) ?? []), sample]);
        }
      }
      progress(`round ${round + 1} of ${rounds}`);
    }
  } finally {
    load.stop();
    await Promise.all([guard.stop(), bare.stop()]);
  }
  return resultOf(samples);
};

/** Both with the same P-256 pair. */
export async function startBoth(
  dir: ArmContext["dir"],
): Promise<{ readonly guard: Server; readonly bare: Server }> {
  const certDir = join(dir, "certs");
  const [port = 0] = await freePorts(1);
  spawnSync(process.execPath, [BIN, "certs", "generate", "--cert-dir", certDir]);
  const guard = await startGuard({ certDir });
  const bare = await startScript(BARE, { port, ca: guard.ca, certDir });
  return { guard, bare };
}

async function measure(load: Load, server: Server, path: string, seconds: number): Promise<Sample> {
  const before = cpuMs(server.pid);
  const result = await load.run({
    port: server.port,
    path: `${path}?timeout=5s`,
    bodies: VARIANTS.map(recorded),
    connections: CONNECTIONS,
    seconds,
    ca: server.ca,
  });
  const cpuUs = ((cpuMs(server.pid) - before) * 1_000) / result.requests;
  return { ...result, perSecond: result.requests / result.seconds, cpuUs };
}

function resultOf(samples: ReadonlyMap<string, readonly Sample[]>): ArmResult {
  const of = (key: string) => samples.get(key) ?? [];
  const ratios = (path: string, pick: (sample: Sample) => number) =>
    median(
      of(`guard ${path}`).map(
        (own, round) => pick(own) / pick(of(`bare ${path}`)[round] as Sample),
      ),
    );
  const keys = PATHS.flatMap((path) => [`bare ${path}`, `guard ${path}`]);
  const raw = keys.map((key) => {
    const [name, path = ""] = key.split(" ");
    return {
      server: name,
      path,
      requestsPerSecond: median(of(key).map(({ perSecond }) => perSecond)),
      ratio: name === "bare" ? 1 : ratios(path, ({ perSecond }) => perSecond),
      p50Ms: median(of(key).map(({ p50 }) => p50)),
      p99Ms: median(of(key).map(({ p99 }) => p99)),
      cpuUs: median(of(key).map(({ cpuUs }) => cpuUs)),
      cpuRatio: name === "bare" ? 1 : ratios(path, ({ cpuUs }) => cpuUs),
    };
  });
  return {
    title: `HTTPS, ${CONNECTIONS} connections, the recorded reviews`,
    columns: ["server", "requests/s", "ratio", "p50 ms", "p99 ms", "CPU µs a review", "ratio"],
    rows: raw.map((row) => [
      `${row.server} ${row.path}`,
      short(row.requestsPerSecond),
      row.ratio.toFixed(2),
      short(row.p50Ms),
      short(row.p99Ms),
      short(row.cpuUs),
      row.cpuRatio.toFixed(2),
    ]),
    targets: raw
      .filter(({ server }) => server === "guard")
      .map(({ path, ratio }) => ({
        text: `${path} at ${ratio.toFixed(2)} of the bare server's throughput, ${TARGET} asked`,
        met: ratio >= TARGET,
      })),
    raw,
  };
}
