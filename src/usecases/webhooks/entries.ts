import type { Policy } from "../../engine/policy.ts";
import {
  LAYER_NAMESPACE,
  type MatchCondition,
  madeByController,
  NOT_BEING_DELETED,
  NOT_CLEANED_UP,
  notMadeByController,
  OTHER_NAMESPACE,
} from "./match-conditions.ts";
import {
  mutatingRegistrations,
  type Registration,
  validatingRegistrations,
} from "./registrations.ts";
import { rulesOf, type WebhookRule } from "./rules.ts";
import { type NamespaceSelector, namespaceSelectors } from "./selectors.ts";

/** How the names of all entries end. */
export const ENTRY_SUFFIX = ".guard.keymate.io";

/** How the API server reaches the guard; `caBundle` is PEM in base64. */
export type ClientConfig =
  | {
      readonly service: {
        readonly name: string;
        readonly namespace: string;
        readonly port: number;
      };
      readonly caBundle?: string;
    }
  | { readonly url: string; readonly caBundle?: string };

/** One entry of `webhooks`, admissionregistration.k8s.io/v1. */
export interface WebhookEntry {
  readonly name: string;
  readonly clientConfig: Readonly<Record<string, unknown>>;
  readonly rules: readonly WebhookRule[];
  readonly failurePolicy: "Fail" | "Ignore";
  readonly matchPolicy: "Equivalent";
  readonly namespaceSelector: NamespaceSelector;
  readonly objectSelector: Readonly<Record<string, never>>;
  readonly sideEffects: "NoneOnDryRun";
  readonly timeoutSeconds: number;
  readonly admissionReviewVersions: readonly ["v1"];
  readonly matchConditions: readonly MatchCondition[];
  readonly reinvocationPolicy?: "IfNeeded";
}

export interface WebhookOptions {
  readonly client: ClientConfig;
  /** Namespaces that are never intercepted: the guard's own and the policy's. */
  readonly excluded: readonly string[];
  readonly mutateTimeoutSeconds: number;
  readonly validateTimeoutSeconds: number;
}

export interface WebhookEntries {
  readonly mutating: readonly WebhookEntry[];
  readonly validating: readonly WebhookEntry[];
}

/**
 * The entries that the loaded policy asks for: only kinds that a rule judges, Fail only where
 * something may be denied in a layer namespace, and never two calls for one request.
 */
export function webhookEntries(policy: Policy, options: WebhookOptions): WebhookEntries {
  return {
    mutating: mutatingEntries(policy, options),
    validating: [...objectEntries(policy, options), ...namespaceEntries(policy, options)],
  };
}

function mutatingEntries(policy: Policy, options: WebhookOptions): WebhookEntry[] {
  const cells = mutatingRegistrations(policy);
  const selectors = namespaceSelectors(policy, options.excluded);
  const entry = (name: string, selector: NamespaceSelector | undefined) =>
    entryOf(options, { name, path: "/mutate", failurePolicy: "Ignore", cells, selector }, [
      NOT_BEING_DELETED,
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
  const conditions = [NOT_BEING_DELETED, notMadeByController(policy.trustedControllers)];
  const fail = (name: string, selector: NamespaceSelector | undefined) =>
    entryOf(options, { ...ENFORCE, name, cells: strict, selector }, conditions);
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
      [NOT_BEING_DELETED, madeByController(policy.trustedControllers)],
    ),
  ];
}

function namespaceEntries(policy: Policy, options: WebhookOptions): WebhookEntry[] {
  const cells = validatingRegistrations(policy).filter(({ namespaced }) => !namespaced);
  const selector = namespaceSelectors(policy, options.excluded).any;
  const strict = cells.some(({ enforceable }) => enforceable) ? ENFORCE : OBSERVE;
  return [
    ...entryOf(options, { ...strict, name: "layer-namespaces", cells, selector }, [
      NOT_BEING_DELETED,
      LAYER_NAMESPACE,
    ]),
    ...entryOf(options, { ...OBSERVE, name: "other-namespaces", cells, selector }, [
      NOT_BEING_DELETED,
      OTHER_NAMESPACE,
    ]),
  ];
}

const ENFORCE = { path: "/validate/fail", failurePolicy: "Fail" } as const;
const OBSERVE = { path: "/validate", failurePolicy: "Ignore" } as const;

interface Shape {
  readonly name: string;
  readonly path: "/mutate" | "/validate" | "/validate/fail";
  readonly failurePolicy: "Fail" | "Ignore";
  readonly cells: readonly Registration[];
  readonly selector: NamespaceSelector | undefined;
}

/** One entry, or none when there is nothing to select or to judge. */
function entryOf(
  options: WebhookOptions,
  shape: Shape,
  conditions: readonly MatchCondition[],
): WebhookEntry[] {
  if (shape.selector === undefined || shape.cells.length === 0) return [];
  const mutates = shape.path === "/mutate";
  const deletes = shape.cells.some(({ operation }) => operation === "DELETE");
  return [
    {
      name: `${shape.name}${ENTRY_SUFFIX}`,
      clientConfig: clientConfig(options.client, shape.path),
      rules: rulesOf(shape.cells),
      failurePolicy: shape.failurePolicy,
      matchPolicy: "Equivalent",
      namespaceSelector: shape.selector,
      objectSelector: {},
      sideEffects: "NoneOnDryRun",
      timeoutSeconds: mutates ? options.mutateTimeoutSeconds : options.validateTimeoutSeconds,
      admissionReviewVersions: ["v1"],
      matchConditions: deletes ? [...conditions, NOT_CLEANED_UP] : conditions,
      ...(mutates ? { reinvocationPolicy: "IfNeeded" as const } : {}),
    },
  ];
}

function clientConfig(client: ClientConfig, path: string): Readonly<Record<string, unknown>> {
  const bundle = client.caBundle === undefined ? {} : { caBundle: client.caBundle };
  if ("url" in client) return { url: `${client.url.replace(/\/$/, "")}${path}`, ...bundle };
  return { service: { ...client.service, path }, ...bundle };
}
