/** The segments of a JSON pointer, RFC 6901. */
export function segmentsFrom(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}
