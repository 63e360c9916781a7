import { chmodSync, cpSync, existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { capture } from "./buildah.ts";

const NODE = realpathSync(join(import.meta.dirname, "../../node_modules/node/bin/node"));
const PASSWD = "root:x:0:0:root:/root:/bin/sh\nnonroot:x:65532:65532:nonroot:/home/nonroot:/\n";
const NPM = "/usr/local/lib/node_modules/npm";
export const NPM_CACHE = "/npm-cache";

function place(source: string, root: string, target = source): void {
  mkdirSync(dirname(join(root, target)), { recursive: true });
  cpSync(source, join(root, target), { dereference: true, recursive: true });
}

/** The loader and the libraries, at the places where this machine has them. */
function placeLibraries(binary: string, root: string): void {
  for (const [, library = ""] of capture("ldd", [binary]).matchAll(/(\/\S+) \(0x/g)) {
    if (!existsSync(join(root, library))) place(library, root);
  }
}

function placeBinary(binary: string, root: string, target: string): void {
  place(binary, root, target);
  placeLibraries(binary, root);
}

function skeleton(root: string): void {
  for (const dir of ["dev", "etc", "home/nonroot", "proc", "root", "sys", "tmp"]) {
    mkdirSync(join(root, dir), { recursive: true });
  }
  chmodSync(join(root, "tmp"), 0o1777);
  writeFileSync(join(root, "etc/passwd"), PASSWD);
}

/** Stands for the distroless image: node where that one has it, and no shell. */
export function makeRuntimeRoot(root: string): void {
  skeleton(root);
  placeBinary(NODE, root, "/nodejs/bin/node");
}

/** Stands for the image of Node: a shell, node and npm. Returns the environment it needs. */
export function makeBuildRoot(root: string): Record<string, string> {
  skeleton(root);
  placeBinary(NODE, root, "/usr/local/bin/node");
  placeBinary(realpathSync("/bin/sh"), root, "/bin/sh");
  const npmCli = realpathSync(capture("sh", ["-c", "command -v npm"]));
  place(join(dirname(npmCli), ".."), root, NPM);
  const script = `#!/bin/sh\nexec node ${NPM}/bin/npm-cli.js "$@"\n`;
  writeFileSync(join(root, "usr/local/bin/npm"), script, { mode: 0o755 });

  const setting = (name: string) => {
    const value = capture("npm", ["config", "get", name], { stdio: ["ignore", "pipe", "ignore"] });
    return value === "null" || value === "undefined" ? undefined : value;
  };
  const ca = setting("cafile");
  if (ca) place(ca, root, "/etc/npm-ca.pem");
  return {
    PATH: "/usr/local/bin:/bin",
    npm_config_registry: setting("registry") ?? "",
    npm_config_cache: NPM_CACHE,
    npm_config_prefer_offline: "true",
    npm_config_update_notifier: "false",
    ...(ca ? { npm_config_cafile: "/etc/npm-ca.pem" } : {}),
  };
}

/** Where npm keeps what it has fetched already. */
export function npmCache(): string {
  const dir = capture("npm", ["config", "get", "cache"], { stdio: ["ignore", "pipe", "ignore"] });
  mkdirSync(dir, { recursive: true });
  return dir;
}
