import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { CrowdSize } from "../support/crowd.ts";
import { type Crowd, startCrowd } from "../support/crowd-cluster.ts";
import { type GuardMemory, guardMemory } from "../support/crowd-guard.ts";
import type { Batch, Prepared } from "../support/crowd-worker.ts";

const SMALL: CrowdSize = {
  workloads: 100,
  budgets: 100,
  autoscalers: 50,
  networkPolicies: 50,
  pods: 200,
};
const CROWD: CrowdSize = {
  workloads: 10_000,
  budgets: 10_000,
  autoscalers: 5_000,
  networkPolicies: 5_000,
  pods: 20_000,
};
const P99_MS = 1;
const LEAST_RATIO = 0.95;
const MOST_MB = 250;

interface Side {
  readonly crowd: Crowd;
  readonly worker: Worker;
  readonly prepared: Prepared;
  readonly memory: GuardMemory;
  readonly times: Map<string, number[]>;
  cpuUs: number;
  answers: number;
}

/**
 * One review in process while the cache holds much or little: two guards, each in its own process,
 * take turns, so that whatever else the machine does slows both alike.
 */
export async function clusterSize({ quick, progress }: Context) {
  const sides = [await open(SMALL, progress), await open(CROWD, progress)] as const;
  const rounds = quick ? 10 : 60;
  for (let round = -rounds / 5; round < rounds; round++) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const batch = (await side.worker.ask({ reviews: 90 })) as Batch;
      // The first rounds are for the compiler.
      if (round < 0) continue;
      side.cpuUs += batch.cpuUs;
      side.answers += batch.answers;
      for (const [name, ms] of batch.times) {
        side.times.set(name, [...(side.times.get(name) ?? []), ms]);
      }
    }
    if (round % 10 === 0) progress(`round ${round} of ${rounds}`);
  }
  for (const { worker, crowd } of sides) {
    worker.stop();
    await crowd.stop();
  }
  return resultOf(sides);
}

interface Context {
  readonly quick: boolean;
  readonly progress: (text: string) => void;
}

function resultOf(sides: readonly [Side, Side]) {
  const rows = sides.map((side) => {
    const all = [...side.times.values()].flat();
    return [
      side.prepared.objects.toLocaleString("en-US"),
      short(us(side)),
      short(percentile(all, 50) * 1_000),
      short(percentile(all, 99) * 1_000),
      short(side.memory.readyMs / 1_000),
      short(side.memory.restMb),
      short(side.memory.peakMb),
    ];
  });
  const [small, crowd] = sides;
  const p99 = percentile([...crowd.times.values()].flat(), 99);
  const ratio = us(small) / us(crowd);
  return {
    title: "One review in process, by what the cache holds",
    columns: [
      "objects",
      "CPU, µs",
      "p50, µs",
      "p99, µs",
      "ready after, s",
      "RSS, MB",
      "at most, MB",
    ],
    rows,
    targets: [
      { text: `p99 ${short(p99)} ms, ${P99_MS} asked at most`, met: p99 <= P99_MS },
      {
        text: `throughput ${ratio.toFixed(2)} of that with few objects, ${LEAST_RATIO} asked at least`,
        met: ratio >= LEAST_RATIO,
      },
      {
        text: `${short(crowd.memory.restMb)} MB resident, ${MOST_MB} asked at most`,
        met: crowd.memory.restMb <= MOST_MB,
      },
    ],
    raw: sides.map(({ prepared, memory, times, cpuUs, answers }) => ({
      ...prepared,
      ...memory,
      us: us({ cpuUs, answers }),
      byReview: Object.fromEntries(
        [...times].map(([name, list]) => [
          name,
          { p50: percentile(list, 50), p99: percentile(list, 99) },
        ]),
      ),
    })),
  };
}

function us({ cpuUs, answers }: Pick<Side, "cpuUs" | "answers">): number {
  return cpuUs / answers;
}

async function open(size: CrowdSize, progress: Context["progress"]): Promise<Side> {
  const crowd = await startCrowd(size, progress);
  const { kubeconfig } = crowd;
  const memory = await guardMemory(kubeconfig);
  const worker = new Worker();
  const order = { kubeconfig, workloads: size.workloads };
  const prepared = (await worker.ask(order)) as Prepared;
  return { crowd, worker, memory, prepared, times: new Map(), cpuUs: 0, answers: 0 };
}

class Worker {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor() {
    this.#child = spawn(process.execPath, [fileOf("crowd-worker.ts")], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const { stdout } = this.#child;
    if (stdout === null) throw new Error("no output of the worker");
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  async ask(order: object): Promise<unknown> {
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) {
      if (this.#child.exitCode === null) await once(this.#child, "exit");
      throw new Error(`the worker ended with code ${this.#child.exitCode}`);
    }
    return JSON.parse(value);
  }

  stop(): void {
    this.#child.stdin?.end();
  }
}

function fileOf(name: string): string {
  return fileURLToPath(new URL(`../support/${name}`, import.meta.url));
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN;
}

function short(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

if (import.meta.main) {
  spawnSync(process.execPath, [fileURLToPath(new URL("../../scripts/build.ts", import.meta.url))]);
  const quick = process.argv.includes("--quick");
  const progress = (text: string) => process.stderr.write(`${text}\n`);
  const { title, columns, rows, targets, raw } = await clusterSize({ quick, progress });
  console.log([title, columns.join(" | "), ...rows.map((row) => row.join(" | "))].join("\n"));
  for (const { text, met } of targets) console.log(`${met ? "met" : "NOT MET"}: ${text}`);
  if (process.argv.includes("--raw")) console.log(JSON.stringify(raw, null, 1));
}
