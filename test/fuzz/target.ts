export interface Target {
  /** Pieces that inputs are made of. */
  readonly dictionary: readonly string[];
  /** Throws, or rejects, for what must not happen. */
  run(input: Buffer): void | Promise<void>;
}

export const TARGETS = ["admission", "patch", "policy", "yaml", "quantity", "cron"] as const;

/** Over real HTTPS; not for replay in one process with other tests. */
export const SERVED_TARGETS = ["admission-https"] as const;

export async function loadTarget(name: string): Promise<Target> {
  return ((await import(`./${name}.ts`)) as { target: Target }).target;
}
