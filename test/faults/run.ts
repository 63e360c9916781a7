/**
 * `npm run test:faults [-- ROW…] [--record]`: runs the tests that docs/guarantees.md names, says
 * which promises were kept, and keeps the results for that page.
 */
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join, relative } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { parseOptions, type RunOptions, USAGE } from "./support/options.ts";
import { isRunOf, type Result, recordResults, standingOf } from "./support/results.ts";

const ROOT = join(import.meta.dirname, "../..");
/** A test's words, as far as they are worth keeping. */
const LONGEST = 300;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(USAGE);
    return 0;
  }
  let options: RunOptions;
  try {
    options = parseOptions(args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  const { results, failed } = await runTests(options);
  const named = options.guarantees.flatMap(({ tests }) => tests);
  const own = results.filter((result) => named.some((test) => isRunOf(test, result)));
  const kept = summarize(options, own);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(own, null, 2)}\n`);
  if (options.record) recordResults(own);
  return kept && failed === 0 ? 0 : 1;
}

/** One file after the other, each in a process of its own: they measure. */
async function runTests({ guarantees, environment }: RunOptions) {
  Object.assign(process.env, environment);
  const files = [...new Set(guarantees.flatMap(({ tests }) => tests.map(({ file }) => file)))];
  const results: (Result & { measured: string[] })[] = [];
  const head = { date: new Date().toISOString().slice(0, 10), version: versionOfGuard() };
  let failed = 0;
  const stream = run({ files: files.map((file) => join(ROOT, file)), concurrency: 1 });
  const ended = (outcome: "passed" | "failed") => (data: Ended) => {
    if (data.details.type === "suite") return;
    const how = data.skip !== undefined || data.todo !== undefined ? "skipped" : outcome;
    if (how === "failed") failed += 1;
    // Nothing was tried yet: that is no answer.
    if (data.details.error?.failureType === "hookFailed") return;
    const place = { file: relative(ROOT, data.file ?? ""), title: data.name };
    results.push({ ...place, outcome: how, ...head, machine: describeMachine(), measured: [] });
  };
  stream.on("test:pass", ended("passed"));
  stream.on("test:fail", ended("failed"));
  // What a test said comes right after its end.
  stream.on("test:diagnostic", ({ file, message }) => {
    const last = results.at(-1);
    if (last === undefined || file === undefined || relative(ROOT, file) !== last.file) return;
    last.measured.push(message.slice(0, LONGEST));
  });
  const report = stream.compose(new spec());
  report.pipe(process.stdout, { end: false });
  await once(report, "end");
  return { results, failed };
}

interface Ended {
  readonly name: string;
  readonly file?: string | undefined;
  readonly skip?: string | boolean | undefined;
  readonly todo?: string | boolean | undefined;
  readonly details: {
    readonly type?: string | undefined;
    readonly error?: { readonly failureType?: string };
  };
}

function versionOfGuard(): string {
  return JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).version;
}

/** In general words, at the end of a test: load is part of what it shows. */
function describeMachine(): string {
  const load = (loadavg()[0] ?? 0).toFixed(1);
  return `${availableParallelism()} cores, Node ${process.version} on ${process.platform} ${process.arch}, load average ${load}`;
}

/** False when a promise was broken. */
function summarize({ guarantees }: RunOptions, results: readonly Result[]): boolean {
  const standings = guarantees.map((guarantee) => ({
    guarantee,
    ...standingOf(guarantee, results),
  }));
  console.log();
  for (const { guarantee, state, results: own } of standings) {
    const sign = state === "not met" ? "✖" : state === "not measured yet" ? "﹣" : "✔";
    const passed = own.filter(({ outcome }) => outcome === "passed").length;
    console.log(
      `${sign} row ${guarantee.row}: ${guarantee.fault}: ${state} (${passed} of ${own.length} tests)`,
    );
  }
  for (const state of ["met", "in part", "not met", "not measured yet"] as const) {
    console.log(`ℹ ${state} ${standings.filter((standing) => standing.state === state).length}`);
  }
  return standings.every(({ state }) => state !== "not met");
}
