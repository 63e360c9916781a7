import { readdirSync, readFileSync } from "node:fs";
import { total } from "../../e2e/support/counters.ts";
import type { GuardProcess } from "../../e2e/support/guard-process.ts";

const MIB = 1024 * 1024;

/** What a guard holds at one moment. */
export interface Sample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly rssMib: number;
  readonly heapMib: number;
  readonly descriptors: number;
}

export async function sampleOf(guard: GuardProcess): Promise<Sample> {
  const page = (await guard.ops("/metrics")).text;
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${guard.pid}/status`, "utf8"))?.[1];
  return {
    at: Date.now(),
    rssMib: Number(kib) / 1024,
    heapMib: total(page, "nodejs_heap_size_used_bytes") / MIB,
    descriptors: readdirSync(`/proc/${guard.pid}/fd`).length,
  };
}

/** Least squares: how much a value grows in an hour. */
export function slopePerHour(points: readonly (readonly [at: number, value: number])[]): number {
  const mean = (index: 0 | 1) =>
    points.reduce((sum, point) => sum + point[index], 0) / points.length;
  const [meanAt, meanValue] = [mean(0), mean(1)];
  const covariance = points.reduce(
    (sum, [at, value]) => sum + (at - meanAt) * (value - meanValue),
    0,
  );
  const variance = points.reduce((sum, [at]) => sum + (at - meanAt) ** 2, 0);
  return variance === 0 ? 0 : (covariance / variance) * 3_600_000;
}

export interface Growth {
  readonly samples: number;
  /** MiB an hour after warm-up. */
  readonly rss: number;
  readonly heap: number;
  readonly lastRssMib: number;
  readonly firstDescriptors: number;
  readonly lastDescriptors: number;
  readonly mostDescriptors: number;
}

/** Of the samples after the first fifth, in which caches, code and connections find their size. */
export function growthOf(samples: readonly Sample[]): Growth {
  const warm = samples.slice(Math.floor(samples.length / 5));
  const of = (value: (sample: Sample) => number) =>
    slopePerHour(warm.map((sample) => [sample.at, value(sample)] as const));
  const descriptors = warm.map((sample) => sample.descriptors);
  return {
    samples: warm.length,
    rss: of(({ rssMib }) => rssMib),
    heap: of(({ heapMib }) => heapMib),
    lastRssMib: warm.at(-1)?.rssMib ?? 0,
    firstDescriptors: descriptors[0] ?? 0,
    lastDescriptors: descriptors.at(-1) ?? 0,
    mostDescriptors: Math.max(0, ...descriptors),
  };
}
