import { readFileSync } from "node:fs";

/** Clock ticks of /proc, which Linux fixes at 100 a second. */
const MS_PER_TICK = 10;

/** User and system time so far, milliseconds, all threads. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The command in parentheses may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

/** Resident memory, megabytes of 1,000,000 bytes. */
export function rssMb(pid: number): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return (Number(kib) * 1_024) / 1_000_000;
}
