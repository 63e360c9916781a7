/** `npm run build`: src/ to dist/, JavaScript in few files for the image and the package. */
import { spawnSync } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
// Whole names and no source maps: stack traces can be read as they are.
const options = [
  "--bundle",
  "--splitting",
  "--format=esm",
  "--platform=node",
  "--target=node24",
  "--packages=external",
  "--outdir=dist",
  "--log-level=warning",
];
rmSync(`${root}dist`, { recursive: true, force: true });
const bundler = `${root}node_modules/.bin/esbuild`;
const { status, error } = spawnSync(bundler, ["src/bin.ts", ...options], {
  cwd: root,
  stdio: "inherit",
});
if (error !== undefined) console.error(`esbuild cannot be run, npm ci brings it: ${error.message}`);
if (status === 0) chmodSync(`${root}dist/bin.js`, 0o755);
process.exitCode = status ?? 1;
