/** A component with its position in the policy: the first that fits counts. */
export interface Ranked {
  readonly component: string;
  readonly rank: number;
}

export function earlier<T extends Ranked>(left: T | undefined, right: T | undefined) {
  if (left === undefined || right === undefined) return left ?? right;
  return left.rank < right.rank ? left : right;
}
