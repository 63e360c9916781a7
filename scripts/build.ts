/** `npm run build`: src/ to dist/, JavaScript in few files for the image and the package. */
import { chmodSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
rmSync(`${root}dist`, { recursive: true, force: true });
try {
  // Whole names and no source maps: stack traces can be read as they are.
  await build({
    absWorkingDir: root,
    entryPoints: ["src/bin.ts"],
    outdir: "dist",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    packages: "external",
    logLevel: "warning",
  });
  chmodSync(`${root}dist/bin.js`, 0o755);
} catch {
  // esbuild has said what is wrong, and where.
  process.exitCode = 1;
}
