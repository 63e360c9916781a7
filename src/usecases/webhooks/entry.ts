import { type MatchCondition, NOT_CLEANED_UP } from "./match-conditions.ts";
import type { Registration } from "./registrations.ts";
import { rulesOf, type WebhookRule } from "./rules.ts";
import type { NamespaceSelector } from "./selectors.ts";

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
  readonly objectSelector: { readonly matchLabels?: Readonly<Record<string, string>> };
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
  /** Whether what may be refused gets Fail; otherwise everything goes on while no guard answers. */
  readonly failing: boolean;
  /** Where the guard calls itself through the API server; undefined: nowhere. */
  readonly probedIn?: string | undefined;
}

export interface Shape {
  readonly name: string;
  readonly path: "/mutate" | "/validate" | "/validate/fail";
  readonly failurePolicy: "Fail" | "Ignore";
  readonly cells: readonly Registration[];
  readonly selector: NamespaceSelector | undefined;
}

/** One entry, or none when there is nothing to select or to judge. */
export function entryOf(
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

export function clientConfig(
  client: ClientConfig,
  path: string,
): Readonly<Record<string, unknown>> {
  const bundle = client.caBundle === undefined ? {} : { caBundle: client.caBundle };
  if ("url" in client) return { url: `${client.url.replace(/\/$/, "")}${path}`, ...bundle };
  return { service: { ...client.service, path }, ...bundle };
}
