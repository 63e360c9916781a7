import { type Automaton, automatonOf } from "./automaton.ts";

/** How the steps of a match that fails grow with the text, and what to repeat to see it. */
export type Growth =
  | { readonly kind: "linear" }
  | { readonly kind: "polynomial" | "exponential"; readonly pump: string };

/** States of several walks over one text. */
type Walkers = readonly number[];

/**
 * By the ambiguity of the automaton: two ways from a state back to itself on one text double the
 * steps with each repetition of it; a text that leads around one loop, from it into another and
 * around that multiplies them by its length. What comes before a state in which the match is
 * certain is never tried again.
 */
export function growthOf(source: string, flags: string): Growth {
  const automaton = automatonOf(source, flags);
  const reach = automaton.states.map((_, state) => reachableFrom(automaton, state));
  const loops = automaton.states.keys().filter((state) => reach[state]?.has(state));
  const all = [...loops];
  const open = all.filter((state) => !automaton.states[state]?.certain);
  for (const state of open) {
    const pump = twoWaysBack(automaton, state, reach);
    if (pump !== undefined) return { kind: "exponential", pump };
  }
  for (const from of all) {
    for (const to of open) {
      if (from === to || !reach[from]?.has(to)) continue;
      const pump = loopIntoLoop(automaton, { from, to }, reach);
      if (pump !== undefined) return { kind: "polynomial", pump };
    }
  }
  return { kind: "linear" };
}

type Reach = readonly ReadonlySet<number>[];

function reachableFrom({ states }: Automaton, start: number): Set<number> {
  const seen = new Set<number>();
  const waiting = [start];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const targets of states[at]?.next.values() ?? []) {
      for (const target of targets.keys()) {
        if (!seen.has(target)) waiting.push(target);
        seen.add(target);
      }
    }
  }
  return seen;
}

const TOGETHER = 0;
const APART = 1;

function twoWaysBack(automaton: Automaton, state: number, reach: Reach): string | undefined {
  const useful = (at: number) => !automaton.states[at]?.certain && reach[at]?.has(state) === true;
  const stepsFrom = ([one = 0, other = 0, before = TOGETHER]: Walkers): Step[] =>
    stepsOf(automaton, [one, other], [useful, useful]).map(({ letter, to, ways }) => {
      const part = one !== other || to[0] !== to[1] || ways > 1;
      return { letter, to: [...to, part ? APART : before], ways };
    });
  return search(automaton, [state, state, TOGETHER], stepsFrom, [state, state, APART]);
}

function loopIntoLoop(
  automaton: Automaton,
  { from, to }: { readonly from: number; readonly to: number },
  reach: Reach,
): string | undefined {
  const returns = (at: number) => reach[at]?.has(from) === true;
  const arrives = (at: number) => !automaton.states[at]?.certain && reach[at]?.has(to) === true;
  const stepsFrom = (walkers: Walkers) => stepsOf(automaton, walkers, [returns, arrives, arrives]);
  return search(automaton, [from, from, to], stepsFrom, [from, to, to]);
}

interface Step {
  readonly letter: number;
  readonly to: Walkers;
  /** In how many ways at the most one of them gets there. */
  readonly ways: number;
}

/** Every way in which all of them take one letter and stay where it is useful. */
function stepsOf(
  { states, letters }: Automaton,
  walkers: Walkers,
  useful: readonly ((state: number) => boolean)[],
): Step[] {
  return letters.samples.flatMap((_, letter) => {
    let steps: Step[] = [{ letter, to: [], ways: 1 }];
    for (const [walker, at] of walkers.entries()) {
      const targets = [...(states[at]?.next.get(letter) ?? [])];
      const kept = targets.filter(([target]) => useful[walker]?.(target));
      steps = steps.flatMap(({ to, ways }) =>
        kept.map(([target, count]) => ({
          letter,
          to: [...to, target],
          ways: Math.max(ways, count),
        })),
      );
    }
    return steps;
  });
}

/** Breadth first; the text of the shortest walk to the goal, of at least one letter. */
function search(
  { letters }: Automaton,
  start: Walkers,
  stepsFrom: (walkers: Walkers) => readonly Step[],
  goal: Walkers,
): string | undefined {
  const seen = new Set<string>();
  const waiting = [{ walkers: start, text: "" }];
  for (const { walkers, text } of waiting) {
    for (const { letter, to } of stepsFrom(walkers)) {
      const longer = text + letters.samples[letter];
      const key = to.join();
      if (key === goal.join()) return longer;
      if (!seen.has(key)) waiting.push({ walkers: to, text: longer });
      seen.add(key);
    }
  }
  return undefined;
}
