import { ENVIRONMENT_PREFIX, variableOf } from "./setting-names.ts";
import type { SettingCandidate } from "./setting-origin.ts";
import type { SettingTable } from "./setting-spec.ts";
import { suggest } from "./suggest.ts";

export interface EnvironmentReading {
  readonly candidates: readonly SettingCandidate[];
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/**
 * What kubelet injects for a Service: for one called keymate-guard these look like our own, and
 * KEYMATE_GUARD_PORT even is one (tcp://10.0.0.1:443).
 */
const linkName = /_SERVICE_(?:HOST$|PORT(?:_.|$))|_PORT_[0-9]+_(?:TCP|UDP|SCTP)(?:_[A-Z]+)?$/;
const linkValue = /^(?:tcp|udp|sctp):\/\//i;

/** Reads `KEYMATE_GUARD_*`. An empty variable counts as absent. */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  table: SettingTable,
  known: ReadonlySet<string>,
): EnvironmentReading {
  const candidates: SettingCandidate[] = [];
  const problems: string[] = [];
  const notes: string[] = [];
  const names = [...known, ...Object.keys(table)].filter((key) => !isFlagOnly(table, key));
  const keys = new Map(names.map((key) => [variableOf(key), key]));
  for (const variable of Object.keys(environment).sort()) {
    const text = environment[variable];
    if (!variable.startsWith(ENVIRONMENT_PREFIX) || text === undefined || text === "") continue;
    if (linkName.test(variable) || linkValue.test(text)) {
      notes.push(`ignored ${variable}: a service link of Kubernetes, not a setting`);
      continue;
    }
    const key = keys.get(variable);
    if (key === undefined) {
      const short = suggest(withoutPrefix(variable), [...keys.keys()].map(withoutPrefix));
      const hint = short === undefined ? "" : `, did you mean ${ENVIRONMENT_PREFIX}${short}?`;
      problems.push(`environment variable ${variable} is not a setting${hint}`);
    } else if (Object.hasOwn(table, key)) {
      candidates.push({ key, text, origin: { kind: "environment", variable } });
    }
  }
  return { candidates, problems, notes };
}

/** All share the prefix, which would make every name look alike. */
function withoutPrefix(variable: string): string {
  return variable.slice(ENVIRONMENT_PREFIX.length);
}

function isFlagOnly(table: SettingTable, key: string): boolean {
  return Object.hasOwn(table, key) && table[key]?.flagOnly === true;
}
