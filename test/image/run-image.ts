import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Running, Workspace } from "../cluster/workspace.ts";
import type { ImageConfig } from "./buildah.ts";

/**
 * Like a container under the manifests: a root that cannot be written, the image's own user,
 * environment and folder, no new privileges. A process of its own mount namespace, so that ending
 * it takes the mounts away.
 */
const CONTAIN = `
set -e
root=$1 dir=$2 user=$3 group=$4
shift 4
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -o remount,bind,ro "$root"
exec setpriv --no-new-privs \\
  unshare --root="$root" --wd="$dir" --setgid "$group" --setuid "$user" -- "$@"
`;

export function startContainer(
  workspace: Workspace,
  config: ImageConfig,
  root: string,
  args: readonly string[],
): Promise<Running> {
  const [user = "", group = ""] = config.User.split(":");
  const place = [root, config.WorkingDir, user, group];
  // "env -i" would need a program of the image; unshare and setpriv pass on what they get.
  const env = ["env", "-i", `PATH=${process.env["PATH"]}`, ...config.Env.filter(isOurs)];
  const contained = [
    "sh",
    "-c",
    CONTAIN,
    "contain",
    ...place,
    ...entrypoint(config, root),
    ...args,
  ];
  return workspace.start({
    name: "guard",
    file: "unshare",
    args: ["--mount", "--", ...env, ...contained],
  });
}

/** As a container runtime finds the program: along the image's own PATH. */
function entrypoint({ Entrypoint, Env }: ImageConfig, root: string): readonly string[] {
  const [program = "", ...rest] = Entrypoint;
  if (program.includes("/")) return Entrypoint;
  const path = Env.find((variable) => variable.startsWith("PATH="))?.slice("PATH=".length) ?? "";
  const folder = path.split(":").find((folder) => existsSync(join(root, folder, program)));
  if (folder === undefined) throw new Error(`${program} is not on the image's PATH`);
  return [join(folder, program), ...rest];
}

/** The image's PATH would hide the tools that set the container up. */
function isOurs(variable: string): boolean {
  return !variable.startsWith("PATH=");
}

/** As the kernel sees the process: user, group, capabilities. */
export function identity(pid: number): Record<string, string> {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Object.fromEntries(
    [...status.matchAll(/^(Uid|Gid|Groups|CapEff|NoNewPrivs):[ \t]*(.*)$/gm)].map(
      ([, key = "", value = ""]) => [key, value.trim().replaceAll("\t", " ")],
    ),
  );
}

/** Whether the process sees its root as read-only. */
export function hasReadOnlyRoot(pid: number): boolean {
  const mounts = readFileSync(`/proc/${pid}/mountinfo`, "utf8").split("\n");
  // Fields: id, parent, device, root, mount point, options.
  const root = mounts.map((line) => line.split(" ")).filter(([, , , , point]) => point === "/");
  return root.at(-1)?.[5]?.split(",").includes("ro") ?? false;
}
