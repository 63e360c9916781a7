/** Where a value came from, from weakest to strongest. */
export type Origin =
  | { readonly kind: "default" }
  | { readonly kind: "file"; readonly file: string; readonly line: number }
  | { readonly kind: "environment"; readonly variable: string }
  | { readonly kind: "flag"; readonly flag: string };

/** A value somebody wrote, before it is understood. */
export interface SettingCandidate {
  readonly key: string;
  readonly text: string;
  readonly origin: Origin;
}

/** `--port`, `environment variable KEYMATE_GUARD_PORT`, `guard.yaml:3: port`. */
export function describeOrigin({ key, origin }: Pick<SettingCandidate, "key" | "origin">): string {
  switch (origin.kind) {
    case "file":
      return `${origin.file}:${origin.line}: ${key}`;
    case "environment":
      return `environment variable ${origin.variable}`;
    case "flag":
      return origin.flag;
    case "default":
      return `the default of ${key}`;
  }
}
