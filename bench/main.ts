/**
 * `npm run bench [-- ARM…] [--quick] [--json FILE] [--update-docs]`: measures `dist`, freshly
 * built. Times depend on the machine and on what else it does: quote ratios of one run.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Arm, ArmResult } from "./support/arm.ts";
import { describeMachine, replaceBetweenMarkers } from "./support/document.ts";
import { renderArm } from "./support/table.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DOCUMENT = join(ROOT, "docs", "benchmarks.md");

const ARMS: Readonly<Record<string, () => Promise<Arm>>> = {
  inprocess: async () => (await import("./arms/inprocess.ts")).inprocess,
  https: async () => (await import("./arms/https.ts")).https,
  apiserver: async () => (await import("./arms/apiserver.ts")).apiserver,
  "cluster-size": async () => (await import("./arms/cluster-size.ts")).clusterSize,
  memory: async () => (await import("./arms/memory.ts")).memory,
  startup: async () => (await import("./arms/startup.ts")).startup,
  check: async () => (await import("./arms/check.ts")).check,
  audit: async () => (await import("./arms/audit.ts")).audit,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "string" },
    "update-docs": { type: "boolean", default: false },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const names = positionals.length === 0 ? Object.keys(ARMS) : positionals;
  const unknown = names.filter((name) => !Object.hasOwn(ARMS, name));
  if (unknown.length > 0) {
    console.error(`no arm ${unknown.join(", ")}; there are ${Object.keys(ARMS).join(", ")}`);
    return 2;
  }
  const build = spawnSync(process.execPath, [join(ROOT, "scripts", "build.ts")], {
    stdio: "inherit",
  });
  if (build.status !== 0) return build.status ?? 1;
  const head = describeMachine(new Date());
  console.log(`${head}\n`);
  const results = new Map<string, ArmResult>();
  for (const name of names) {
    results.set(name, await runArm(name));
    console.log(renderArm(results.get(name) as ArmResult));
  }
  const text = [head, "", ...[...results.values()].map(renderArm)].join("\n");
  if (values.json !== undefined) {
    const raw = Object.fromEntries([...results].map(([name, { raw }]) => [name, raw]));
    writeFileSync(values.json, `${JSON.stringify({ machine: head, ...raw }, null, 2)}\n`);
  }
  if (values["update-docs"]) {
    writeFileSync(DOCUMENT, replaceBetweenMarkers(readFileSync(DOCUMENT, "utf8"), text));
  }
  return 0;
}

async function runArm(name: string): Promise<ArmResult> {
  const arm = await (ARMS[name] as () => Promise<Arm>)();
  const dir = mkdtempSync(join(tmpdir(), "keymate-guard-bench-"));
  const progress = (text: string) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${name}: ${text}`);
  };
  try {
    return await arm({ dir, quick: values.quick, progress });
  } finally {
    progress("\n");
    rmSync(dir, { recursive: true, force: true });
  }
}
