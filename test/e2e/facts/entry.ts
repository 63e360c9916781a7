import type { Hook } from "./hook.ts";

export type Flavour = "Mutating" | "Validating";

export interface Entry {
  readonly flavour?: Flavour;
  readonly hook: Hook;
  /** The port that the API server dials, when it is not the hook's own. */
  readonly port?: number;
  /** The namespace whose objects are sent; all when null. */
  readonly namespace?: string | null;
  readonly namespaceSelector?: object;
  readonly path?: string;
  readonly operations?: readonly string[];
  readonly resources?: readonly string[];
  readonly failurePolicy?: "Fail" | "Ignore";
  /** The API server's default when null. */
  readonly timeoutSeconds?: number | null;
  readonly matchConditions?: readonly { name: string; expression: string }[];
}
