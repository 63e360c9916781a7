/** `*` matches any run of characters, everything else itself. Linear time for every pattern. */
export function matches(pattern: string, text: string): boolean {
  return pattern.includes("*") ? fits(pattern.split("*"), text) : pattern === text;
}

/** `matches` for one that is asked often. */
export function compileGlob(pattern: string): (text: string) => boolean {
  const parts = pattern.split("*");
  return parts.length === 1 ? (text) => pattern === text : (text) => fits(parts, text);
}

/** `parts` are what stands between the stars. */
function fits(parts: readonly string[], text: string): boolean {
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  if (text.length < first.length + last.length) return false;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}

export function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => matches(pattern, text));
}
