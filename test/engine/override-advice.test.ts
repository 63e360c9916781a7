import assert from "node:assert/strict";
import { test } from "node:test";
import { overrideAdvice } from "../../src/engine/override-advice.ts";

const NOW = Date.parse("2026-11-23T22:00:00Z");

test("an override for a Namespace names no namespaces", () => {
  const subject = { kind: "Namespace", namespace: "iam", name: "iam" };
  assert.equal(
    overrideAdvice("ns-layer-move", subject, NOW),
    "{rules: [ns-layer-move], objects: [Namespace/iam], mode: warn, until: 2026-11-23}",
  );
});

test("an override for a namespaced object names its namespace and quotes globs", () => {
  const subject = { kind: "Deployment.apps", namespace: "iam", name: "api-*" };
  assert.equal(
    overrideAdvice("ha-scale-to-zero", subject, NOW),
    '{rules: [ha-scale-to-zero], namespaces: [iam], objects: ["Deployment/api-*"], mode: warn, until: 2026-11-23}',
  );
});
