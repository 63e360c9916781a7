/** Computes what is the same for every object of a pass, and keeps it under the key. */
export type Once = <T>(key: symbol, compute: () => T) => T;

/** Outside of a pass nothing is kept: the next look may find another cluster. */
export const always: Once = (_key, compute) => compute();

/** For one pass over many objects of a view that does not change meanwhile. */
export function oncePerPass(): Once {
  const known = new Map<symbol, unknown>();
  return <T>(key: symbol, compute: () => T): T => {
    if (!known.has(key)) known.set(key, compute());
    return known.get(key) as T;
  };
}
