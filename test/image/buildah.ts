import { type SpawnSyncOptions, spawnSync } from "node:child_process";

export interface ImageConfig {
  readonly User: string;
  readonly WorkingDir: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
}

function run(file: string, args: readonly string[], options: SpawnSyncOptions = {}): string {
  const { status, stdout, error } = spawnSync(file, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${file} ${args.join(" ")} ended with ${status}`);
  return String(stdout ?? "").trim();
}

function works(file: string, args: readonly string[]): boolean {
  return spawnSync(file, args, { stdio: "ignore" }).status === 0;
}

function installed(): boolean {
  return works("buildah", ["--version"]);
}

/** Why nothing can be built here, or undefined. A CI machine gets what is missing. */
export function obstacle(): string | undefined {
  if (process.platform !== "linux") return "buildah runs on Linux only";
  if (process.getuid?.() !== 0)
    return "it needs root, to make root file systems and to change user";
  if (installed()) return undefined;
  if (process.env["CI"] === "true") {
    for (const args of [["update"], ["install", "-y", "--no-install-recommends", "buildah"]]) {
      spawnSync("apt-get", args, { stdio: "inherit" });
    }
    if (installed()) return undefined;
  }
  return "buildah is missing (apt-get install buildah)";
}

/** buildah with a storage of its own, without a daemon and without anything of the machine's. */
export class Buildah {
  readonly #storage: readonly string[];
  readonly #env: NodeJS.ProcessEnv;

  constructor(dir: string) {
    const storage = { root: `${dir}/storage`, runroot: `${dir}/run`, "storage-driver": "vfs" };
    this.#storage = Object.entries(storage).flatMap(([flag, value]) => [`--${flag}`, value]);
    this.#env = { ...process.env, BUILDAH_ISOLATION: "chroot", TMPDIR: dir };
  }

  run(args: readonly string[], options: SpawnSyncOptions = {}): string {
    return run("buildah", [...this.#storage, ...args], { env: this.#env, ...options });
  }

  /** An image of one layer that holds the folder. */
  imageOf(folder: string, name: string, env: Readonly<Record<string, string>> = {}): void {
    const container = this.run(["from", "scratch"]);
    this.run(["copy", "--quiet", container, folder, "/"]);
    for (const [key, value] of Object.entries(env)) {
      this.run(["config", "--env", `${key}=${value}`, container]);
    }
    this.run(["commit", "--quiet", "--rm", container, name]);
  }

  config(image: string): ImageConfig {
    return JSON.parse(this.run(["inspect", "--type", "image", image])).OCIv1.config;
  }

  /** The root file system of a container of the image. */
  mount(image: string): string {
    const container = this.run(["from", "--pull-never", image]);
    return this.run(["mount", container]);
  }

  /** Takes every mount away, so that the storage can be deleted as a folder. */
  release(): void {
    this.run(["rm", "--all"]);
  }
}

export function capture(file: string, args: readonly string[], options?: SpawnSyncOptions): string {
  return run(file, args, options);
}
