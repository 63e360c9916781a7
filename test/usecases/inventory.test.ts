import assert from "node:assert/strict";
import { test } from "node:test";
import { StaticView } from "../../src/engine/static-view.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { type InventoryLayer, inventoryOf } from "../../src/usecases/inventory.ts";
import { rawObject, subjectOf } from "../support/builders.ts";
import { policyWith } from "../support/policy.ts";

const COMPONENT = "policy.keymate.io/component";

function workload(kind: string, name: string, namespace: string, component?: string): JsonObject {
  return rawObject("apps/v1", kind, name, {
    namespace,
    metadata: component === undefined ? {} : { labels: { [COMPONENT]: component } },
  });
}

function inventory(objects: readonly JsonObject[]): readonly InventoryLayer[] {
  return inventoryOf(
    policyWith(),
    new StaticView(objects),
    objects.map((raw) => subjectOf(raw)),
  );
}

function shown(layers: readonly InventoryLayer[]): string[] {
  return layers.map(({ layer, namespaces, workloads }) => {
    const lines = workloads.map(
      ({ object, component, critical }) =>
        `${object.namespace}/${object.name}=${component ?? "?"}${critical ? "!" : ""}`,
    );
    return `${layer} (${namespaces.join(" ")}) ${lines.join(" ")}`.trimEnd();
  });
}

test("the inventory has every layer of the policy, lowest first, whether or not something is in it", () => {
  assert.deepEqual(shown(inventory([])), [
    "infrastructure (platform-infrastructure)",
    "data (platform-data)",
    "application (platform-application)",
    "observability (platform-observability)",
  ]);
});

test("workloads sit in the layer of their namespace, with their component and whether it is critical", () => {
  const objects = [
    rawObject("v1", "Namespace", "late", {
      metadata: { labels: { "policy.keymate.io/layer": "data" } },
    }),
    workload("StatefulSet", "store", "late"),
    workload("Deployment", "login", "platform-application", "identity-provider"),
    workload("Deployment", "login", "platform-application", "identity-provider"),
    rawObject("v1", "ConfigMap", "settings", { namespace: "platform-application" }),
    rawObject("postgresql.cnpg.io/v1", "Cluster", "db", { namespace: "platform-data" }),
  ];
  const [, data, application] = shown(inventory(objects));
  assert.equal(
    data,
    "data (late platform-data) late/store=? platform-data/db=relational-database!",
  );
  assert.equal(
    application,
    "application (platform-application) platform-application/login=identity-provider!",
  );
});

test("workloads outside the layers come last, under no name", () => {
  const layers = inventory([workload("Deployment", "web", "elsewhere", "none")]);
  assert.equal(shown(layers).at(-1), " (elsewhere) elsewhere/web=?");
});

test("the inventory does not depend on the order of the objects", () => {
  const objects = ["b", "a", "c"].map((name) => workload("Deployment", name, "platform-data"));
  assert.deepEqual(inventory(objects), inventory(objects.toReversed()));
});
