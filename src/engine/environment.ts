import type { GroupKind } from "../kubernetes/kinds.ts";
import type { ClusterView } from "./cluster-view.ts";
import type { Once } from "./once.ts";
import type { Policy } from "./policy.ts";
import type { RecentUpgrades } from "./recent-upgrades.ts";
import type { UsageHistory } from "./usage.ts";

/** Everything that an evaluation rests on besides the object itself. */
export interface Environment {
  readonly policy: Policy;
  readonly cluster: ClusterView;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Absent: none is remembered. */
  readonly recent?: RecentUpgrades;
  /** Absent: nobody looked, and rules about it have nothing to say. */
  readonly usage?: UsageHistory;
  /** Kinds that are listed though nobody does so on his own account; see `Rule.optIn`. */
  readonly optedIn?: ReadonlySet<GroupKind>;
  /** One per pass over many objects of a view that does not change meanwhile. Absent: nothing is kept. */
  readonly once?: Once;
  /** Asked between rules; absent: no limit. */
  readonly expired?: () => boolean;
}
