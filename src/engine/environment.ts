import type { ClusterView } from "./cluster-view.ts";
import type { Policy } from "./policy.ts";
import type { RecentUpgrades } from "./recent-upgrades.ts";

/** Everything that an evaluation rests on besides the object itself. */
export interface Environment {
  readonly policy: Policy;
  readonly cluster: ClusterView;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Absent: none is remembered. */
  readonly recent?: RecentUpgrades;
  /** Asked between rules; absent: no limit. */
  readonly expired?: () => boolean;
}
