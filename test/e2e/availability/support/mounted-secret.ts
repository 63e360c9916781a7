import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A folder that changes as the kubelet changes a Secret volume: the files lead through one symlink,
 * which is replaced, so that all of them change in one instant.
 */
export class MountedSecret {
  readonly dir: string;
  #version = 0;

  constructor(dir: string, files: Readonly<Record<string, string>>) {
    this.dir = dir;
    mkdirSync(dir);
    this.write(files);
    for (const name of Object.keys(files)) symlinkSync(join("..data", name), join(dir, name));
  }

  write(files: Readonly<Record<string, string>>): void {
    const before = `..v${this.#version}`;
    this.#version += 1;
    const now = `..v${this.#version}`;
    mkdirSync(join(this.dir, now));
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(this.dir, now, name), text);
    symlinkSync(now, join(this.dir, "..data_tmp"));
    renameSync(join(this.dir, "..data_tmp"), join(this.dir, "..data"));
    rmSync(join(this.dir, before), { recursive: true, force: true });
  }
}
