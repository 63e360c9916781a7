/**
 * What a run may be told from outside: the same test in minutes or for a day. Not KEYMATE_GUARD_…,
 * which a guard process takes for settings of its own.
 */
function numberOf(name: string, fallback: number): number {
  const text = process.env[`FAULTS_${name}`];
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (!(value > 0)) throw new RangeError(`FAULTS_${name} is ${text}, not a number over 0`);
  return value;
}

/** Creates a second. */
export const RATE = numberOf("RATE", 100);
/** Of a soak. */
export const MINUTES = numberOf("MINUTES", 60);
/** Of an endurance run. */
export const UPDATES = numberOf("UPDATES", 20);
export const LEAF_ROTATIONS = numberOf("LEAF_ROTATIONS", 30);
export const CA_ROTATIONS = numberOf("CA_ROTATIONS", 3);
/** How long there is no API server, seconds. */
export const AWAY_SECONDS = numberOf("AWAY_SECONDS", 60);
/** Of the fuzzer. */
export const INPUTS = numberOf("INPUTS", 1_000_000);
/** Where a soak writes what it saw, as it goes. */
export const SOAK_REPORT = process.env["FAULTS_REPORT"] ?? "soak.json";
