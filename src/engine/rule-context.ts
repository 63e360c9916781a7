import type { Environment } from "./environment.ts";
import { always } from "./once.ts";
import type { Check } from "./policy.ts";
import { NO_RECENT_UPGRADES } from "./recent-upgrades.ts";
import type { RuleContext } from "./rule.ts";
import type { Scope } from "./scope.ts";
import type { Judged, Subject } from "./subject.ts";

/** What a check, and the rule that fills in, see alike. */
export interface Asked {
  readonly environment: Environment;
  readonly subject: Subject;
  readonly scope: Scope;
  readonly check: Check;
}

/** `object` is the subject's new or old object, whichever is judged. */
export function contextFor(asked: Asked, object: Judged): RuleContext {
  const { environment, subject, scope, check } = asked;
  return {
    subject,
    object,
    params: check.params,
    platform: environment.policy.platform,
    cluster: environment.cluster,
    layer: scope.layer,
    namespaceObject: scope.namespaceObject,
    now: environment.now,
    recent: environment.recent ?? NO_RECENT_UPGRADES,
    usage: environment.usage,
    once: environment.once ?? always,
  };
}
