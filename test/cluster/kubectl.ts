import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

export interface KubectlOptions {
  readonly stdin?: string;
  /** Path; the administrator's when left out. */
  readonly kubeconfig?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type Kubectl = (args: readonly string[], options?: KubectlOptions) => Promise<KubectlResult>;

/** Runs kubectl with a home folder of the test's own, away from the caller's configuration. */
export function createKubectl(file: string, kubeconfig: string, home: string): Kubectl {
  return async (args, options = {}) => {
    const own = { HOME: home, KUBECONFIG: options.kubeconfig ?? kubeconfig };
    const child = spawn(file, [...args], { env: { ...process.env, ...own, ...options.env } });
    const code = new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (status) => resolve(status ?? -1));
    });
    // A kubectl that fails early closes its input before all is written.
    child.stdin.on("error", () => {});
    child.stdin.end(options.stdin ?? "");
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await code, stdout, stderr };
  };
}
