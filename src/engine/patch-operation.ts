/** RFC 6902, reduced to what the guard emits: it only ever adds what was absent. */
export interface PatchOperation {
  readonly op: "add";
  /** JSON pointer, RFC 6901. */
  readonly path: string;
  readonly value: unknown;
}
