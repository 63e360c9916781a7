import fc from "fast-check";
import { CERTIFICATE_FILES } from "../../../../src/adapters/certs/certificate-set.ts";
import { DAY, HOUR, MINUTE, makeSet, SECOND } from "../support/certificates.ts";
import type { World } from "./world.ts";

export type Event = (world: World) => unknown;

const index = fc.nat({ max: 4 });
const OFFSETS = [-2 * DAY, -2 * HOUR, -4 * MINUTE, 4 * MINUTE, 2 * HOUR, 2 * DAY];

function event(label: string, run: Event): Event {
  return Object.assign(run, { toString: () => label });
}

function always(label: string, run: Event): fc.Arbitrary<Event> {
  return fc.constant(event(label, run));
}

const time = fc
  .oneof(
    { weight: 4, arbitrary: fc.tuple(fc.integer({ min: 1, max: 90 }), fc.constant(SECOND)) },
    { weight: 4, arbitrary: fc.tuple(fc.integer({ min: 1, max: 12 }), fc.constant(MINUTE)) },
  )
  .map(([n, unit]) => event(`pass(${n} * ${unit})`, (world) => world.pass(n * unit)));

const seasons = fc
  .oneof(fc.constantFrom(1, 2), fc.integer({ min: 20, max: 70 }))
  .map((n) => event(`leap(${n} d)`, (world) => world.leap(n * DAY)));

const calls = fc.nat({ max: 20 }).map((n) => event(`release(${n})`, (world) => world.release(n)));

const lives = fc
  .tuple(index, fc.constantFrom(0, 0, 0, ...OFFSETS))
  .map(([n, offset]) => event(`start(${n}, ${offset})`, (world) => world.start(n, offset)));

const deaths = index.map((n) => event(`kill(${n})`, (world) => world.kill(n)));

const clocks = fc
  .tuple(index, fc.constantFrom(0, ...OFFSETS))
  .map(([n, offset]) => event(`clock(${n}, ${offset})`, (world) => world.setClock(n, offset)));

const faults = fc
  .tuple(
    index,
    fc.record(
      {
        forbidden: fc.boolean(),
        loseNextAnswer: fc.boolean(),
        lag: fc.constantFrom(0, SECOND, 10 * SECOND),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([n, change]) =>
    event(`faults(${n}, ${JSON.stringify(change)})`, (world) => {
      Object.assign(world.replica(n)?.faults ?? {}, change);
    }),
  );

const pauses = fc
  .tuple(index, fc.boolean())
  .map(([n, suspended]) =>
    event(`suspend(${n}, ${suspended})`, (world) => world.suspend(n, suspended)),
  );

const corruptions = fc
  .tuple(
    fc.constantFrom(...CERTIFICATE_FILES),
    fc.constantFrom("nothing", "garbage", "half", "other key", "foreign"),
  )
  .map(([file, how]) =>
    event(`corrupt(${file}, ${how})`, (world) =>
      world.corrupt(file, (set) => {
        if (how === "nothing") return "";
        if (how === "garbage") return "?";
        if (how === "half") return set[file].slice(0, set[file].length / 2);
        if (how === "foreign") return makeSet(world.timeline.now)[file];
        return file === "ca.key" ? set["tls.key"] : set["ca.key"];
      }),
    ),
  );

const people = fc.oneof(
  always("delete", ({ api }) => api.secret.delete()),
  always("empty", ({ api }) => api.secret.put({ data: {} })),
  always("recreate", ({ api }) => api.secret.put({ data: {}, annotations: {}, labels: {} })),
  always("backup", (world) => world.saveBackup()),
  always("restore", (world) => world.restoreBackup()),
  always("foreign", (world) => world.plantForeign()),
  always("blank entries", ({ api }) => api.writeBundle("", true)),
  fc
    .nat({ max: 5 })
    .map((n) =>
      event(`old entries(${n})`, ({ api }) =>
        api.writeBundle(api.history.at(-1 - n)?.pem ?? "", true),
      ),
    ),
);

const ofReplicas = [
  { weight: 8, arbitrary: calls },
  { weight: 8, arbitrary: time },
  { weight: 1, arbitrary: seasons },
  { weight: 5, arbitrary: lives },
  { weight: 1, arbitrary: deaths },
  { weight: 2, arbitrary: clocks },
  { weight: 3, arbitrary: faults },
  { weight: 2, arbitrary: pauses },
];

/** Nobody else touches Secret or entries. */
export const replicaEvents: fc.Arbitrary<Event> = fc.oneof(...ofReplicas);

export const events: fc.Arbitrary<Event> = fc.oneof(
  ...ofReplicas,
  { weight: 3, arbitrary: corruptions },
  { weight: 4, arbitrary: people },
);
