import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { refusalOf } from "../../src/kubernetes/refusal.ts";

suite("why Pods cannot be created", () => {
  for (const [message, text] of [
    [
      'pods "a" is forbidden: exceeded quota: layer, requested: cpu=1',
      "ResourceQuota layer is used up",
    ],
    [
      'pods "a" is forbidden: failed quota: layer: must specify limits.cpu for: api',
      "ResourceQuota layer asks for values that Pods lack",
    ],
    [
      'Internal error occurred: failed calling webhook "v.example.com": failed to call webhook: EOF',
      "admission webhook v.example.com does not answer",
    ],
    [
      "pods \"a\" is forbidden: ValidatingAdmissionPolicy 'no-root' with binding 'all' denied request",
      "ValidatingAdmissionPolicy no-root refuses the Pods",
    ],
    [
      'pods "a" is forbidden: minimum cpu usage per Pod is 100m, but request is 10m',
      "a LimitRange refuses the Pods",
    ],
    [
      'pods "a-" is forbidden: error looking up service account iam/api: serviceaccount "api" not found',
      "the service account is missing",
    ],
    ["password: hunter2secret", "Pods cannot be created (see its condition ReplicaFailure)"],
  ] as const) {
    test(text, () => assert.equal(refusalOf(message), text));
  }
});
