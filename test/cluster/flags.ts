/** Command-line flags by name, without the dashes; null takes a default away. */
export type Flags = Readonly<Record<string, string | null>>;

export function toArgs(...layers: readonly (Flags | undefined)[]): string[] {
  const merged: Flags = Object.assign({}, ...layers);
  return Object.entries(merged).flatMap(([name, value]) =>
    value === null ? [] : [`--${name}=${value}`],
  );
}
