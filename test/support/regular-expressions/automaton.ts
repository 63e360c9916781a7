import { ANY, endsLine, type Letters, lettersOf } from "./letters.ts";
import { type Node, parseRegularExpression } from "./parse.ts";

/** What backtracking walks: a state for each character that was taken, and where a line began. */
export interface Automaton {
  readonly letters: Letters;
  readonly states: readonly State[];
}

export interface State {
  /** The match can end here whatever follows, so nothing before is ever tried again. */
  readonly certain: boolean;
  /** By letter, the states that come next, each with the number of ways there (two stands for more). */
  readonly next: ReadonlyMap<number, ReadonlyMap<number, number>>;
}

/** A place between two characters, with the ways on that take none, and at most one that does. */
interface Place {
  readonly free: { readonly to: number; readonly needs?: "line start" | "something" }[];
  takes?: { readonly atom: string; readonly to: number };
  /** It ends a round that began there. */
  roundOf?: number;
}

interface Reached {
  readonly places: ReadonlyMap<number, number>;
  readonly certain: boolean;
}

/** The search for where to start is a part of it, unless the flag y says where: any characters in front. */
export function automatonOf(source: string, flags: string): Automaton {
  const node = parseRegularExpression(source);
  const letters = lettersOf(node, source, flags);
  const places: Place[] = [];
  const end = addPlace(places);
  const search: Node = {
    kind: "repeat",
    part: { kind: "characters", source: ANY },
    min: 0,
    max: Infinity,
  };
  const parts = flags.includes("y") ? [node] : [search, node];
  const first = build(places, { kind: "sequence", parts }, end);
  return { letters, states: statesOf(places, { first, end }, letters, flags.includes("m")) };
}

function addPlace(places: Place[]): number {
  return places.push({ free: [] }) - 1;
}

/** Adds the places of a node whose end is `to`; answers its beginning. */
function build(places: Place[], node: Node, to: number): number {
  const at = () => addPlace(places);
  const way = (from: number, target: number, needs?: "line start" | "something") => {
    places[from]?.free.push(needs === undefined ? { to: target } : { to: target, needs });
    return from;
  };
  switch (node.kind) {
    case "characters": {
      const from = at();
      const place = places[from];
      if (place) place.takes = { atom: node.source, to };
      return from;
    }
    case "sequence":
      return node.parts.reduceRight((next, part) => build(places, part, next), to);
    case "choice": {
      const from = at();
      for (const part of node.parts) way(from, build(places, part, to));
      return from;
    }
    case "repeat":
      return buildRepeat(places, node, to);
    case "look":
      return way(way(at(), build(places, node.part, at())), to, "something");
    case "start":
      return way(at(), to, "line start");
    case "condition":
      return way(at(), to, "something");
  }
}

function buildRepeat(
  places: Place[],
  { part, min, max }: Extract<Node, { kind: "repeat" }>,
  to: number,
): number {
  let from = to;
  if (max === Infinity) {
    from = addPlace(places);
    const again = places.push({ free: [], roundOf: from }) - 1;
    const body = build(places, part, again);
    for (const at of [from, again]) places[at]?.free.push({ to: body }, { to });
  }
  for (let left = max === Infinity ? 0 : max - min; left > 0; left--) {
    const optional = addPlace(places);
    places[optional]?.free.push({ to: build(places, part, from) }, { to });
    from = optional;
  }
  for (let left = min; left > 0; left--) from = build(places, part, from);
  return from;
}

function statesOf(
  places: readonly Place[],
  { first, end }: { readonly first: number; readonly end: number },
  letters: Letters,
  multiline: boolean,
): State[] {
  const numbers = new Map<string, number>();
  const waiting: { place: number; lineStart: boolean }[] = [];
  const numberOf = (place: number, lineStart: boolean) => {
    const key = `${place} ${lineStart}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    waiting.push({ place, lineStart });
    return numbers.size - 1;
  };
  numberOf(first, true);
  const states: State[] = [];
  for (let item = waiting.shift(); item; item = waiting.shift()) {
    const reached = reachedFreely(places, item.place, item.lineStart, end);
    const next = new Map<number, Map<number, number>>();
    for (const [from, ways] of reached.places) {
      const { atom, to } = places[from]?.takes ?? {};
      for (const letter of letters.takenBy.get(atom ?? "") ?? []) {
        const target = numberOf(to ?? 0, multiline && endsLine(letters.samples[letter]));
        const targets = next.get(letter) ?? new Map<number, number>();
        next.set(letter, targets.set(target, Math.min(2, (targets.get(target) ?? 0) + ways)));
      }
    }
    states.push({ certain: reached.certain, next });
  }
  return states;
}

/** Where it gets without a character; an empty round of a repetition is not taken, as in JavaScript. */
function reachedFreely(
  places: readonly Place[],
  from: number,
  lineStart: boolean,
  end: number,
): Reached {
  const found = new Map<number, number>();
  const visits = new Map<number, number>();
  const onTheWay = new Set<number>();
  let certain = false;
  const visit = (at: number, sure: boolean) => {
    const times = visits.get(at) ?? 0;
    if (at === end && sure) certain = true;
    if (onTheWay.has(at) || onTheWay.has(places[at]?.roundOf ?? -1) || times >= 2) return;
    visits.set(at, times + 1);
    if (places[at]?.takes) found.set(at, times + 1);
    onTheWay.add(at);
    for (const { to, needs } of places[at]?.free ?? []) {
      if (needs !== "line start" || lineStart) visit(to, sure && needs === undefined);
    }
    onTheWay.delete(at);
  };
  visit(from, true);
  return { places: found, certain };
}
