import type { GroupKind } from "../kubernetes/kinds.ts";

/** An upgrade that was let through and may not show in the cluster view yet. */
export interface RecentUpgrade {
  readonly kind: GroupKind;
  readonly namespace: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly admittedAt: number;
  /** metadata.generation before the upgrade; a later one in the view means that the view has it. */
  readonly generation: number;
}

/** What this replica of the guard let through lately; others are not known (accepted races). */
export interface RecentUpgrades {
  /** Newest per object. */
  since(time: number): Iterable<RecentUpgrade>;
}

export const NO_RECENT_UPGRADES: RecentUpgrades = { since: () => [] };
