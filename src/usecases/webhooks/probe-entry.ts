import { clientConfig, type WebhookEntry, type WebhookOptions } from "./entry.ts";
import { DRY_RUN } from "./match-conditions.ts";
import { PROBE_LABEL, PROBE_PATH, PROBE_WEBHOOK } from "./probe.ts";
import { onlyNamespace } from "./selectors.ts";

/** Dry runs alone, so that nothing that is to be stored can ever wait for it. */
export function probeEntry(options: WebhookOptions, namespace: string): WebhookEntry {
  return {
    name: PROBE_WEBHOOK,
    clientConfig: clientConfig(options.client, PROBE_PATH),
    rules: [
      {
        apiGroups: [""],
        apiVersions: ["v1"],
        operations: ["CREATE"],
        resources: ["configmaps"],
        scope: "Namespaced",
      },
    ],
    // Its refusal names what is wrong on the way; with Ignore it would be silence.
    failurePolicy: "Fail",
    matchPolicy: "Equivalent",
    namespaceSelector: onlyNamespace(namespace),
    objectSelector: { matchLabels: { [PROBE_LABEL]: "true" } },
    sideEffects: "NoneOnDryRun",
    timeoutSeconds: options.validateTimeoutSeconds,
    admissionReviewVersions: ["v1"],
    matchConditions: [DRY_RUN],
  };
}
