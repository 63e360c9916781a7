import { spawnSync } from "node:child_process";

/** Milliseconds from the start of a Node process to its end. */
export function oneShot(args: readonly string[]): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`);
  return performance.now() - startedAt;
}

export function nodeAlone(): number {
  return oneShot(["-e", "0"]);
}
