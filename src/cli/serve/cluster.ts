import type { ClusterCache } from "../../adapters/kube/cluster-cache.ts";
import type { ClusterView } from "../../engine/cluster-view.ts";
import { lookedUpKinds, type Rule } from "../../engine/rule.ts";
import { StaticView } from "../../engine/static-view.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import { readState } from "../state.ts";
import type { Place } from "./place.ts";

/** How long a review waits for a namespace that was made in the same apply. */
const NAMESPACE_WAIT_MS = 250;

export interface ClusterDeps {
  readonly place: Place;
  /** `--state`: files that stand for the cluster where there is none. */
  readonly state: string | undefined;
  readonly rules: readonly Rule[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}

export interface Cluster {
  readonly view: ClusterView;
  /** undefined without a live cluster. */
  readonly cache: ClusterCache | undefined;
  readonly waitForNamespace: ((name: string) => Promise<void>) | undefined;
}

export async function openCluster(deps: ClusterDeps): Promise<Cluster> {
  const { place, state, clock, logger, random } = deps;
  const { connection } = place;
  if (connection === undefined) {
    const view = new StaticView(state === undefined ? [] : readState(state));
    return { view, cache: undefined, waitForNamespace: undefined };
  }
  const { ClusterCache } = await import("../../adapters/kube/cluster-cache.ts");
  const kinds = lookedUpKinds(deps.rules);
  const cache = new ClusterCache({ connection, kinds, clock, logger, random });
  return {
    view: cache,
    cache,
    waitForNamespace: async (name) => {
      await cache.waitFor("Namespace", "", name, NAMESPACE_WAIT_MS);
    },
  };
}
