import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { dig, type JsonObject } from "../../../src/kubernetes/json.ts";
import { ensureBinaries } from "../../cluster/build.ts";
import { createKubectl } from "../../cluster/kubectl.ts";
import { succeeded } from "../support/platform.ts";
import { CHART, objectsOf, rendered } from "./render.ts";

const MANIFESTS = fileURLToPath(new URL("../../../manifests", import.meta.url));

/** What differs on purpose. Everything else is one and the same. */
const INTENDED = {
  /** Helm makes no namespace of its own: `--create-namespace`, or whoever labels it. */
  onlyInBase: ["Namespace/keymate-guard"],
  /** What Helm tools look for, and what the overlay gives its own resources none of. */
  labels: [
    "app.kubernetes.io/instance",
    "app.kubernetes.io/managed-by",
    "app.kubernetes.io/name",
    "app.kubernetes.io/part-of",
    "app.kubernetes.io/version",
    "helm.sh/chart",
  ],
};

const PAIRS = [
  { folder: "base", example: undefined },
  { folder: "overlays/warn-only", example: "warn-only.yaml" },
  { folder: "overlays/cert-manager", example: "cert-manager.yaml" },
];

for (const { folder, example } of PAIRS) {
  test(`the chart${example === undefined ? "" : ` with ${example}`} renders what ${folder} does`, async () => {
    const { kubectl: file } = await ensureBinaries();
    const kubectl = createKubectl(file, "/dev/null", tmpdir());
    const base = objectsOf(succeeded(await kubectl(["kustomize", join(MANIFESTS, folder)])).stdout);
    const values =
      example === undefined ? {} : parse(readFileSync(join(CHART, "examples", example), "utf8"));
    const chart = byPlace(await rendered(values));
    const expected = byPlace(base);
    for (const place of INTENDED.onlyInBase) {
      assert.ok(expected.delete(place), `${place} is no longer in ${folder}`);
    }
    assert.deepEqual([...chart.keys()].sort(), [...expected.keys()].sort());
    for (const [place, object] of expected) assert.deepEqual(chart.get(place), object, place);
  });
}

function byPlace(objects: readonly JsonObject[]): Map<string, JsonObject> {
  return new Map(
    objects.map((object) => [
      `${String(object["kind"])}/${String(dig(object, "metadata", "name"))}`,
      normalised(object),
    ]),
  );
}

function normalised(object: JsonObject): JsonObject {
  const { labels = {}, ...metadata } = object["metadata"] as { labels?: object };
  const kept = Object.entries(labels).filter(([key]) => !INTENDED.labels.includes(key));
  const whole = { ...object, metadata: { ...metadata, labels: Object.fromEntries(kept) } };
  if (object["kind"] === "ConfigMap") {
    // Comments are for people who read the base.
    return { ...whole, data: parse(String(dig(object, "data", "policy.yaml"))) };
  }
  if (object["kind"] === "Deployment") sortFlags(whole);
  return whole;
}

/** In any order they mean the same. */
function sortFlags(deployment: JsonObject): void {
  const [container] = dig(deployment, "spec", "template", "spec", "containers") as [
    { args: string[] },
  ];
  container.args.sort();
}
