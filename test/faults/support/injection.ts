/** In every message of an injected fault: it must not appear anywhere. */
export const SECRET = "hunter2";
/** Together five times the deadline, each a fraction of what is kept for the way back. */
export const SLOW_RULES = 200;
export const SLOW_RULE_MS = 100;

export type Injection =
  | { readonly kind: "reject" | "throw" }
  | { readonly kind: "watch-turns" | "tell-turns" }
  | { readonly kind: "block"; readonly ms: number }
  | { readonly kind: "fill-heap"; readonly share: number; readonly ms: number };

export const INJECT: string = new URL("./inject.ts", import.meta.url).href;
