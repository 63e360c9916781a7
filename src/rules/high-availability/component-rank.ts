import { componentOf } from "../../engine/component.ts";
import type { Mode } from "../../engine/modes.ts";
import type { Platform } from "../../engine/platform.ts";
import type { Judged } from "../../engine/subject.ts";

/** What the policy asks of the component that a workload is part of. */
export interface ComponentRank {
  readonly name: string;
  /** For messages; says so where it is a guess: `identity-provider (by its image)`. */
  readonly shown: string;
  readonly minReplicas: number;
  readonly isCritical: boolean;
  /** Declared or known by kind, not guessed. */
  readonly isSure: boolean;
}

/** undefined for a workload that is no component, or one that the policy does not list. */
export function rankOf(platform: Platform, object: Judged): ComponentRank | undefined {
  const claim = componentOf(platform, object);
  const component = claim && platform.components.get(claim.name);
  if (claim === undefined || component === undefined) return undefined;
  return {
    name: component.name,
    shown: claim.sure ? claim.name : `${claim.name} (by its ${claim.source})`,
    minReplicas: component.minReplicas,
    isCritical: component.critical,
    isSure: claim.sure,
  };
}

/** Supporting components and guesses never block. */
export function capOf({ isCritical, isSure }: ComponentRank): { readonly atMost?: Mode } {
  return isCritical && isSure ? {} : { atMost: "warn" };
}
