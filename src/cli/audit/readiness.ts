import type { HealthCheck } from "../../adapters/http/ops-routes.ts";
import type { ClusterCache } from "../../adapters/kube/cluster-cache.ts";
import { cacheState } from "../serve/health-checks.ts";
import type { PolicyStore } from "../serve/policy-store.ts";
import type { Passes } from "./passes.ts";

/** What an audit that goes on is doing. */
export type WatchState =
  | { readonly phase: "starting" | "waiting" }
  | { readonly phase: "leading"; readonly cache: ClusterCache; readonly passes: Passes };

/** Whoever waits for the lease is ready to take it. */
export function auditReadiness(
  state: () => WatchState,
  leaseProblem: () => string | undefined,
  policies: PolicyStore,
): readonly HealthCheck[] {
  return [
    {
      name: "lease",
      check: () => {
        const problem = leaseProblem();
        if (problem !== undefined) return { ok: false, detail: problem };
        return { ok: true, detail: state().phase };
      },
    },
    {
      name: "policy",
      check: () => ({
        ok: true,
        detail: `${policies.current().name}${policies.failed ? ", a newer one was refused" : ""}`,
      }),
    },
    { name: "audit", check: () => auditState(state()) },
  ];
}

function auditState(state: WatchState): ReturnType<HealthCheck["check"]> {
  if (state.phase !== "leading") {
    return { ok: state.phase === "waiting", detail: state.phase };
  }
  const cache = cacheState(state.cache);
  if (!cache.ok) return cache;
  if (state.passes.done === 0) return { ok: false, detail: "in its first pass" };
  return { ok: true, detail: `${state.passes.done} passes; ${cache.detail}` };
}
