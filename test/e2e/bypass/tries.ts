import { CONFIGURATION } from "./tries/configuration.ts";
import { CREDENTIALS } from "./tries/credentials.ts";
import { DOORS } from "./tries/doors.ts";
import { IDENTITY } from "./tries/identity.ts";
import { NAMESPACES } from "./tries/namespaces.ts";
import { NETWORK } from "./tries/network.ts";
import { PRETEXTS } from "./tries/pretexts.ts";
import { REQUESTS } from "./tries/requests.ts";
import { SEQUENCES } from "./tries/sequences.ts";
import { VALUES } from "./tries/values.ts";
import type { Group } from "./try.ts";

/** In the order of the page. The last group takes the guard's entries away. */
export const GROUPS: readonly Group[] = [
  DOORS,
  REQUESTS,
  IDENTITY,
  NAMESPACES,
  VALUES,
  CREDENTIALS,
  PRETEXTS,
  NETWORK,
  SEQUENCES,
  CONFIGURATION,
];
