import type { Policy } from "../../engine/policy.ts";
import { entryOf, type WebhookEntry, type WebhookOptions } from "./entry.ts";
import {
  LAYER_NAMESPACE,
  type MatchCondition,
  madeByController,
  NOT_BEING_DELETED,
  notInGroup,
  notMadeByController,
  OTHER_NAMESPACE,
} from "./match-conditions.ts";
import { probeEntry } from "./probe-entry.ts";
import {
  mutatingRegistrations,
  type Registration,
  validatingRegistrations,
} from "./registrations.ts";
import { type NamespaceSelector, namespaceSelectors } from "./selectors.ts";

export interface WebhookEntries {
  readonly mutating: readonly WebhookEntry[];
  readonly validating: readonly WebhookEntry[];
}

/**
 * The entries that the loaded policy asks for: only kinds that a rule judges, Fail only where
 * something may be denied in a layer namespace, and never two calls for one request.
 */
export function webhookEntries(policy: Policy, options: WebhookOptions): WebhookEntries {
  const { probedIn } = options;
  return {
    mutating: mutatingEntries(policy, options),
    validating: [
      ...objectEntries(policy, options),
      ...namespaceEntries(policy, options),
      ...(probedIn === undefined || !mayRefuse(policy) ? [] : [probeEntry(options, probedIn)]),
    ],
  };
}

/** Whether any entry asks for Fail under this policy. */
export function mayRefuse(policy: Policy): boolean {
  return validatingRegistrations(policy).some(({ enforceable }) => enforceable);
}

function mutatingEntries(policy: Policy, options: WebhookOptions): WebhookEntry[] {
  const cells = mutatingRegistrations(policy);
  const selectors = namespaceSelectors(policy, options.excluded);
  const entry = (name: string, selector: NamespaceSelector | undefined) =>
    entryOf(options, { name, path: "/mutate", failurePolicy: "Ignore", cells, selector }, [
      ...everywhere(policy),
      notMadeByController(policy.trustedControllers),
    ]);
  return [
    ...entry("default-labelled", selectors.labelled),
    ...entry("default-named", selectors.named),
    ...(selectors.hasGlobs ? entry("default-others", selectors.others) : []),
  ];
}

function objectEntries(policy: Policy, options: WebhookOptions): WebhookEntry[] {
  const all = validatingRegistrations(policy).filter(({ namespaced }) => namespaced);
  const strict = all.filter(({ enforceable }) => enforceable);
  const lenient = all.filter(({ enforceable }) => !enforceable);
  const selectors = namespaceSelectors(policy, options.excluded);
  const conditions = [...everywhere(policy), notMadeByController(policy.trustedControllers)];
  const fail = (name: string, selector: NamespaceSelector | undefined) =>
    entryOf(options, { ...enforce(options), name, cells: strict, selector }, conditions);
  const ignore = (name: string, cells: readonly Registration[], selector?: NamespaceSelector) =>
    entryOf(options, { ...OBSERVE, name, cells, selector }, conditions);
  return [
    ...fail("enforce-labelled", selectors.labelled),
    ...fail("enforce-named", selectors.named),
    ...ignore("observe-labelled", lenient, selectors.labelled),
    ...ignore("observe-named", lenient, selectors.named),
    ...ignore("observe-others", all, selectors.others),
    ...entryOf(
      options,
      { ...OBSERVE, name: "observe-controllers", cells: all, selector: selectors.any },
      [...everywhere(policy), madeByController(policy.trustedControllers)],
    ),
  ];
}

function namespaceEntries(policy: Policy, options: WebhookOptions): WebhookEntry[] {
  const cells = validatingRegistrations(policy).filter(({ namespaced }) => !namespaced);
  const selector = namespaceSelectors(policy, options.excluded).any;
  const strict = cells.some(({ enforceable }) => enforceable) ? enforce(options) : OBSERVE;
  return [
    ...entryOf(options, { ...strict, name: "layer-namespaces", cells, selector }, [
      ...everywhere(policy),
      LAYER_NAMESPACE,
    ]),
    ...entryOf(options, { ...OBSERVE, name: "other-namespaces", cells, selector }, [
      ...everywhere(policy),
      OTHER_NAMESPACE,
    ]),
  ];
}

/** Whoever holds the key for emergencies is not even asked about: the guard may be what is broken. */
function everywhere({ breakGlassGroup }: Policy): readonly MatchCondition[] {
  return breakGlassGroup === undefined
    ? [NOT_BEING_DELETED]
    : [NOT_BEING_DELETED, notInGroup(breakGlassGroup)];
}

const OBSERVE = { path: "/validate", failurePolicy: "Ignore" } as const;

/** A fault of the guard counts as its absence does. */
function enforce({ failing }: WebhookOptions) {
  return failing ? ({ path: "/validate/fail", failurePolicy: "Fail" } as const) : OBSERVE;
}
