/** Deeper than any real object; beyond it two values count as different, the strict answer. */
const MAX_DEPTH = 200;

/** Structural equality of JSON values; key order does not matter. Never overflows the stack. */
export function jsonEqual(left: unknown, right: unknown, depth = 0): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object") return false;
  if (left === null || right === null || depth > MAX_DEPTH) return false;
  if (Array.isArray(left)) return Array.isArray(right) && arraysEqual(left, right, depth);
  return !Array.isArray(right) && objectsEqual(left, right, depth);
}

function arraysEqual(left: readonly unknown[], right: readonly unknown[], depth: number): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (!jsonEqual(left[index], right[index], depth + 1)) return false;
  }
  return true;
}

function objectsEqual(left: object, right: object, depth: number): boolean {
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(right, key)) return false;
    const value = (left as Record<string, unknown>)[key];
    if (!jsonEqual(value, (right as Record<string, unknown>)[key], depth + 1)) return false;
  }
  return true;
}
