/** Lines [oldStart, oldEnd) of the old text become [newStart, newEnd) of the new one. */
export interface LineChange {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}

/** More edits than this are settled piece by piece: memory grows with their square. */
const MAX_EDITS = 256;

/** The changes between two texts, by Myers' algorithm: the fewest, unless very much differs. */
export function lineChanges(old: readonly string[], now: readonly string[]): LineChange[] {
  const changes: LineChange[] = [];
  let origin: Point = { x: 0, y: 0 };
  while (origin.x < old.length || origin.y < now.length) {
    const piece = search(old, now, origin);
    for (const [{ x, y }, isDeletion] of stepsTo(piece).reverse()) {
      addStep(changes, x + origin.x, y + origin.y, isDeletion);
    }
    origin = { x: origin.x + piece.end.x, y: origin.y + piece.end.y };
  }
  return changes;
}

/** How many lines of the old and the new text are behind. */
interface Point {
  readonly x: number;
  readonly y: number;
}

type Reach = ReadonlyMap<number, number>;

interface Piece {
  /** For each number of edits, how far each diagonal gets. */
  readonly trace: readonly Reach[];
  readonly end: Point;
}

/** Joins a deleted or inserted line to the change before it where they touch. */
function addStep(changes: LineChange[], x: number, y: number, isDeletion: boolean): void {
  const last = changes.at(-1);
  const touches = last !== undefined && last.oldEnd === x && last.newEnd === y;
  if (touches) changes.pop();
  changes.push({
    oldStart: touches ? last.oldStart : x,
    newStart: touches ? last.newStart : y,
    oldEnd: isDeletion ? x + 1 : x,
    newEnd: isDeletion ? y : y + 1,
  });
}

function search(old: readonly string[], now: readonly string[], origin: Point): Piece {
  const trace: Reach[] = [];
  const width = old.length - origin.x;
  const height = now.length - origin.y;
  let best: Point = { x: 0, y: 0 };
  for (let edits = 0; edits <= MAX_EDITS; edits++) {
    const before = trace.at(-1);
    const reached = new Map<number, number>();
    trace.push(reached);
    best = { x: 0, y: 0 };
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = startOn(before, diagonal, edits);
      let y = x - diagonal;
      while (x < width && y < height && old[origin.x + x] === now[origin.y + y]) {
        x++;
        y++;
      }
      reached.set(diagonal, x);
      if (x <= width && y <= height && x + y > best.x + best.y) best = { x, y };
      if (x >= width && y >= height) return { trace, end: { x: width, y: height } };
    }
  }
  return { trace, end: best };
}

/** Deletions and insertions from the end of a piece to its start. */
function stepsTo({ trace, end }: Piece): [Point, boolean][] {
  const steps: [Point, boolean][] = [];
  let diagonal = end.x - end.y;
  for (let edits = trace.length - 1; edits > 0; edits--) {
    const before = trace[edits - 1];
    const isInsertion = comesFromAbove(before, diagonal, edits);
    diagonal += isInsertion ? 1 : -1;
    const x = reach(before, diagonal);
    steps.push([{ x, y: x - diagonal }, !isInsertion]);
  }
  return steps;
}

function startOn(before: Reach | undefined, diagonal: number, edits: number): number {
  if (before === undefined) return 0;
  return comesFromAbove(before, diagonal, edits)
    ? reach(before, diagonal + 1)
    : reach(before, diagonal - 1) + 1;
}

/** Whether an insertion leads onto the diagonal rather than a deletion. */
function comesFromAbove(before: Reach | undefined, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true;
  return diagonal !== edits && reach(before, diagonal - 1) < reach(before, diagonal + 1);
}

function reach(reached: Reach | undefined, diagonal: number): number {
  return reached?.get(diagonal) ?? 0;
}
