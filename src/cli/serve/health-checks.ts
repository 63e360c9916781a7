import type { HealthCheck } from "../../adapters/http/ops-routes.ts";
import type { ClusterCache } from "../../adapters/kube/cluster-cache.ts";
import type { CertificateSource } from "../../usecases/ports/certificate-source.ts";
import type { PolicyStore } from "./policy-store.ts";
import type { ManagedWebhooks } from "./webhooks.ts";

export interface HealthSources {
  readonly isListening: () => boolean;
  /** What the start left behind is gone. */
  readonly isSettled: () => boolean;
  readonly isDraining: () => boolean;
  readonly source: CertificateSource;
  readonly policies: PolicyStore;
  readonly cache: ClusterCache | undefined;
  readonly webhooks: ManagedWebhooks | undefined;
}

export function liveChecks(): readonly HealthCheck[] {
  return [{ name: "process", check: () => ({ ok: true, detail: "the event loop answers" }) }];
}

export function readyChecks(sources: HealthSources): readonly HealthCheck[] {
  const { isListening, isSettled, isDraining, source, policies, cache, webhooks } = sources;
  return [
    check("serving", () => {
      if (isDraining()) return no("shutting down");
      if (!isListening()) return no("not listening yet");
      return isSettled() ? yes("listening") : no("listening, but still starting");
    }),
    check("certificate", () => {
      const { detail } = source.health();
      return source.current() === undefined ? no(detail) : yes(detail);
    }),
    check("policy", () =>
      yes(`${policies.current().name}${policies.failed ? ", a newer one was refused" : ""}`),
    ),
    ...(cache === undefined ? [] : [check("cache", () => cacheState(cache))]),
    ...(webhooks === undefined
      ? []
      : [
          check("webhooks", () => webhooks.readiness()),
          check("fail-policy", () => yes(webhooks.failPolicy.detail())),
        ]),
  ];
}

/** Whether every kind was answered for. */
export function cacheState(cache: ClusterCache): ReturnType<HealthCheck["check"]> {
  const pending = cache.pending();
  if (pending.length > 0) {
    return no(
      pending.map(({ kind, problem }) => `${kind}: ${problem ?? "not synced yet"}`).join("; "),
    );
  }
  // Rules that need such a kind say so in their findings: no reason to be away altogether.
  const blocked = cache.stats().filter(({ state }) => state === "blocked");
  const [first] = blocked;
  if (first === undefined) return yes("synced");
  return yes(`synced, but not ${blocked.map(({ kind }) => kind).join(", ")}: ${first.problem}`);
}

function check(name: string, ask: HealthCheck["check"]): HealthCheck {
  return { name, check: ask };
}

function yes(detail: string) {
  return { ok: true, detail };
}

function no(detail: string) {
  return { ok: false, detail };
}
