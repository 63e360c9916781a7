/** `npm run fuzz [-- TARGET…] [--seconds N] [--inputs N] [--seed N] [--keep]`: see README.md. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Coverage } from "./coverage.ts";
import { Mutator, seeded } from "./mutator.ts";
import { loadTarget, TARGETS, type Target } from "./target.ts";

/** Coverage is read once for so many inputs, because reading it costs more than running one. */
const BATCH = 256;
const CORPUS_FILE_LIMIT = 4 * 1024;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "30" },
    inputs: { type: "string", default: "Infinity" },
    keep: { type: "boolean", default: false },
    seed: { type: "string", default: String(Date.now() % 1e9) },
  },
});

export function folderOf(name: string): string {
  return fileURLToPath(new URL(`./corpus/${name.replace("-https", "")}`, import.meta.url));
}

async function crashOf(target: Target, input: Buffer): Promise<unknown> {
  try {
    await target.run(input);
    return undefined;
  } catch (error) {
    return error;
  }
}

function save(name: string, kind: string, input: Buffer): string {
  const folder = folderOf(name);
  mkdirSync(folder, { recursive: true });
  const hash = createHash("sha256").update(input).digest("hex").slice(0, 12);
  const path = join(folder, `${kind}-${hash}`);
  writeFileSync(path, input);
  return path;
}

interface Run {
  readonly name: string;
  readonly target: Target;
  readonly corpus: Buffer[];
  /** Runs them all; false after a crash, which is then kept. */
  readonly attempt: (batch: readonly Buffer[]) => Promise<boolean>;
  readonly next: () => Buffer;
}

async function open(name: string): Promise<Run> {
  const target = await loadTarget(name);
  const random = seeded(Number(values.seed));
  const mutator = new Mutator(random, target.dictionary);
  const folder = folderOf(name);
  const corpus = readdirSync(folder).map((file): Buffer => readFileSync(join(folder, file)));
  const pick = () => corpus[random(corpus.length)] ?? Buffer.alloc(0);
  const attempt = async (batch: readonly Buffer[]) => {
    for (const input of batch) {
      const crash = await crashOf(target, input);
      if (crash === undefined) continue;
      console.error(`${name}: ${save(name, "crash", input)}`, crash);
      return false;
    }
    return true;
  };
  return { name, target, corpus, attempt, next: () => mutator.change(pick(), pick()) };
}

/** Keeps what reaches new code, so that later inputs start from there. */
async function explore(run: Run, until: number): Promise<{ inputs: number; blocks: number }> {
  const coverage = new Coverage();
  for (const input of run.corpus) await run.target.run(input);
  coverage.keep(coverage.fresh());
  let inputs = 0;
  while (performance.now() < until) {
    const batch = Array.from({ length: BATCH }, run.next);
    if (!(await run.attempt(batch))) return { inputs: -1, blocks: coverage.size };
    inputs += BATCH;
    const fresh = coverage.fresh();
    if (fresh.length === 0) continue;
    const found = await firstOf(run, coverage, batch);
    coverage.keep(fresh);
    if (found.length > CORPUS_FILE_LIMIT) continue;
    run.corpus.push(found);
    if (values.keep) save(run.name, "found", found);
  }
  coverage.stop();
  return { inputs, blocks: coverage.size };
}

/** Halves the batch until one input is left that reaches something new. */
async function firstOf(run: Run, coverage: Coverage, batch: readonly Buffer[]): Promise<Buffer> {
  let rest = batch;
  while (rest.length > 1) {
    const half = rest.slice(0, rest.length >> 1);
    for (const input of half) await run.target.run(input);
    rest = coverage.fresh().length > 0 ? half : rest.slice(half.length);
  }
  return rest[0] ?? Buffer.alloc(0);
}

async function fuzz(name: string): Promise<boolean> {
  const run = await open(name);
  const startedAt = performance.now();
  const seconds = Number(values.seconds);
  const explored = await explore(run, startedAt + (seconds * 1e3) / 3);
  if (explored.inputs < 0) return false;
  const memory: number[] = [];
  const since = performance.now();
  let inputs = 0;
  while (inputs < Number(values.inputs) && performance.now() - startedAt < seconds * 1e3) {
    if (!(await run.attempt(Array.from({ length: BATCH }, run.next)))) return false;
    inputs += BATCH;
    memory.push(process.memoryUsage().rss / 2 ** 20);
  }
  const rate = Math.round((inputs * 1e3) / (performance.now() - since));
  console.log(
    `${name}: ${explored.inputs} inputs with coverage (${explored.blocks} blocks, corpus ${run.corpus.length}), then ${inputs} at ${rate}/s, seed ${values.seed}, RSS MiB ${spread(memory)}`,
  );
  return true;
}

/** At every quarter of the run. */
function spread(memory: readonly number[]): string {
  return [0.25, 0.5, 0.75, 1]
    .map((part) => memory[Math.max(0, Math.floor(memory.length * part) - 1)]?.toFixed(0) ?? "?")
    .join(" ");
}

let ok = true;
for (const name of positionals.length > 0 ? positionals : TARGETS) ok = (await fuzz(name)) && ok;
process.exit(ok ? 0 : 1);
