import { parseArgs } from "node:util";
import { GUARANTEES, type Guarantee } from "../table.ts";

export const USAGE = `npm run test:faults -- [ROW…] [flags]

  ROW               rows of docs/guarantees.md; without any, all but the long ones
  --record          keep the results for docs/guarantees.md; then npm run gen
  --json FILE       write the results of this run
  --rate N          creates a second
  --minutes N       of the soak
  --updates N, --leaf-rotations N, --ca-rotations N
                    of the endurance run
  --report FILE     what the soak saw, as it goes; soak.json by default
  --away N          seconds without an API server
  --inputs N        of the fuzzer`;

/** Flags that tests read from the environment. */
const PARAMETERS = {
  rate: "RATE",
  minutes: "MINUTES",
  updates: "UPDATES",
  "leaf-rotations": "LEAF_ROTATIONS",
  "ca-rotations": "CA_ROTATIONS",
  away: "AWAY_SECONDS",
  inputs: "INPUTS",
} as const;

export interface RunOptions {
  readonly guarantees: readonly Guarantee[];
  readonly record: boolean;
  readonly json: string | undefined;
  /** For the processes of the tests. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Throws an Error of one sentence. */
export function parseOptions(args: readonly string[]): RunOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      record: { type: "boolean", default: false },
      json: { type: "string" },
      rate: { type: "string" },
      minutes: { type: "string" },
      updates: { type: "string" },
      "leaf-rotations": { type: "string" },
      "ca-rotations": { type: "string" },
      away: { type: "string" },
      inputs: { type: "string" },
      report: { type: "string" },
    },
  });
  const environment: Record<string, string> = {};
  for (const [flag, name] of Object.entries(PARAMETERS)) {
    const value = values[flag as keyof typeof PARAMETERS];
    if (value === undefined) continue;
    if (!(Number(value) > 0)) throw new Error(`--${flag} takes a number over 0, not "${value}"`);
    environment[`FAULTS_${name}`] = value;
  }
  const { record, json, report } = values;
  if (report !== undefined) environment["FAULTS_REPORT"] = report;
  return { guarantees: rowsOf(positionals), record, json, environment };
}

function rowsOf(rows: readonly string[]): readonly Guarantee[] {
  if (rows.length === 0) return GUARANTEES.filter(({ long }) => long !== true);
  return rows.map((row) => {
    const found = GUARANTEES.find((guarantee) => guarantee.row === row);
    if (found === undefined)
      throw new Error(`there is no row "${row}", only 1 to 29 and endurance`);
    return found;
  });
}
