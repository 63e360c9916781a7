import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Arm, Target } from "../support/arm.ts";
import { writeDump } from "../support/dump.ts";
import { BIN } from "../support/guard.ts";
import { median, short } from "../support/stats.ts";

const TARGET_MS = 4_000;
const TARGET_MB = 300;

interface Row {
  readonly what: string;
  readonly megabytes: number;
  readonly times: readonly number[];
  readonly rss: readonly number[];
}

/** `keymate-guard audit --from` of a generated dump: process start to exit, and its largest size. */
export const audit: Arm = async ({ dir, quick, progress }) => {
  const rows: Row[] = [];
  const rounds = quick ? 1 : 5;
  const sizes = [
    ["json", 1_000],
    ["json", 10_000],
    ...(quick ? [] : ([["json", 100_000]] as const)),
    ["yaml", quick ? 1_000 : 10_000],
  ] as const;
  for (const [form, objects] of sizes) {
    const file = join(dir, `dump-${objects}.${form}`);
    progress(`writing ${objects} objects`);
    writeDump(file, objects);
    const runs = Array.from({ length: rounds }, () => {
      progress(`auditing ${objects} objects of ${form}`);
      return auditOf(file);
    });
    rows.push({
      what: `${objects.toLocaleString("en-US")} objects, ${form.toUpperCase()}`,
      megabytes: statSync(file).size / 1e6,
      times: runs.map(({ ms }) => ms),
      rss: runs.map(({ mb }) => mb),
    });
  }
  return {
    title: "audit --from a dump, process start to exit",
    columns: ["dump", "MB on disk", "fastest, ms", "median, ms", "slowest, ms", "largest, MB"],
    rows: rows.map(({ what, megabytes, times, rss }) => [
      what,
      short(megabytes),
      short(Math.min(...times)),
      short(median(times)),
      short(Math.max(...times)),
      short(Math.max(...rss)),
    ]),
    targets: targetsOf(rows),
    raw: rows,
  };
};

function targetsOf(rows: readonly Row[]): readonly Target[] {
  return rows
    .filter(({ what }) => what.startsWith("10,000 objects"))
    .flatMap(({ what, times, rss }) => {
      const ms = median(times);
      const mb = Math.max(...rss);
      return [
        { text: `${what} in ${short(ms)} ms, ${TARGET_MS} asked at most`, met: ms <= TARGET_MS },
        { text: `${what} in ${short(mb)} MB, ${TARGET_MB} asked at most`, met: mb <= TARGET_MB },
      ];
    });
}

/** The process says itself how large it ever was. */
const TELL =
  "data:text/javascript,process.on('exit',()=>process.stderr.write('rss='+process.resourceUsage().maxRSS))";

function auditOf(file: string): { readonly ms: number; readonly mb: number } {
  const args = ["--import", TELL, BIN, "audit", "--from", file, "--fail-on", "never"];
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
  });
  const ms = performance.now() - startedAt;
  const kilobytes = /rss=(\d+)$/.exec(stderr)?.[1];
  if (status !== 0 || kilobytes === undefined) {
    throw new Error(`audit ended with ${status}: ${stderr}`);
  }
  return { ms, mb: (Number(kilobytes) * 1024) / 1e6 };
}
