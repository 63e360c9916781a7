import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "../cluster/workspace.ts";
import { Buildah, obstacle } from "./buildah.ts";
import { checkImage } from "./check-image.ts";
import { makeBuildRoot, makeRuntimeRoot, NPM_CACHE, npmCache } from "./local-bases.ts";

const ROOT = join(import.meta.dirname, "../..");
const IMAGE = "localhost/keymate-guard:test";
const BUILD_BASE = "localhost/build-base:test";
const RUNTIME_BASE = "localhost/runtime-base:test";

function build(buildah: Buildah, dir: string): void {
  const folder = (name: string) => {
    mkdirSync(join(dir, name));
    return join(dir, name);
  };
  const runtime = folder("runtime-root");
  makeRuntimeRoot(runtime);
  buildah.imageOf(runtime, RUNTIME_BASE);
  const base = folder("build-root");
  buildah.imageOf(base, BUILD_BASE, makeBuildRoot(base));
  const args = {
    "--build-arg": [`BUILD_IMAGE=${BUILD_BASE}`, `RUNTIME_IMAGE=${RUNTIME_BASE}`],
    "--volume": [`${npmCache()}:${NPM_CACHE}`],
    "--tag": [IMAGE],
  };
  const flags = Object.entries(args).flatMap(([flag, values]) => values.flatMap((v) => [flag, v]));
  buildah.run(["bud", "--pull-never", ...flags, ROOT], { stdio: "inherit" });
}

async function main(): Promise<void> {
  const reason = obstacle();
  if (reason) {
    console.log(`The image is not tested here: ${reason}.`);
    return;
  }
  const start = performance.now();
  const workspace = new Workspace();
  const buildah = new Buildah(workspace.dir);
  try {
    build(buildah, workspace.dir);
    console.log(`Built in ${((performance.now() - start) / 1000).toFixed(0)} s.`);
    await checkImage(workspace, buildah.config(IMAGE), buildah.mount(IMAGE));
  } finally {
    buildah.release();
    await workspace.stop();
  }
  console.log(`The image works; ${((performance.now() - start) / 1000).toFixed(0)} s in all.`);
}

await main();
