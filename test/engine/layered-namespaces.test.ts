import assert from "node:assert/strict";
import { test } from "node:test";
import { layeredNamespaces } from "../../src/engine/layered-namespaces.ts";
import { StaticView } from "../../src/engine/static-view.ts";
import { rawObject } from "../support/builders.ts";
import { policyWith } from "../support/policy.ts";

test("the namespaces of layers are those of the cluster by label, then those that only the policy names", () => {
  const cluster = new StaticView([
    rawObject("v1", "Namespace", "iam", {
      metadata: { labels: { "policy.keymate.io/layer": "application" } },
    }),
    rawObject("v1", "Namespace", "platform-data", {
      metadata: { labels: { "policy.keymate.io/layer": "observability" } },
    }),
    rawObject("v1", "Namespace", "elsewhere"),
  ]);
  const { platform } = policyWith();
  assert.deepEqual(
    [...layeredNamespaces(platform, cluster)].map(({ name, layer }) => `${name} ${layer}`),
    [
      "iam application",
      "platform-data observability",
      "platform-infrastructure infrastructure",
      "platform-application application",
      "platform-observability observability",
    ],
  );
});
