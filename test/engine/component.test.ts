import assert from "node:assert/strict";
import { test } from "node:test";
import { componentOf, componentOfKind, declarationOf } from "../../src/engine/component.ts";
import type { JsonObject } from "../../src/kubernetes/json.ts";
import { judged, rawObject } from "../support/builders.ts";
import { policyWith } from "../support/policy.ts";

const { platform } = policyWith();
const DECLARED = "policy.keymate.io/component";

interface Parts {
  readonly labels?: object;
  readonly annotations?: object;
  readonly templateLabels?: object;
  readonly image?: string;
  readonly initImage?: string;
}

function deployment({ labels, annotations, templateLabels, image, initImage }: Parts): JsonObject {
  return rawObject("apps/v1", "Deployment", "x", {
    metadata: { labels, annotations },
    spec: {
      template: {
        metadata: { labels: templateLabels },
        spec: {
          containers: image === undefined ? [] : [{ name: "main", image }],
          initContainers: initImage === undefined ? [] : [{ name: "init", image: initImage }],
        },
      },
    },
  });
}

function claimOf(raw: JsonObject): string | undefined {
  const claim = componentOf(platform, judged(raw));
  return claim && `${claim.name} ${claim.source} ${claim.sure ? "sure" : "guess"}`;
}

const keymate = (component: string) => ({
  "app.kubernetes.io/part-of": "keymate",
  "app.kubernetes.io/component": component,
});

/** Each holds the marks of its own step and of all that come after it. */
const ordered: readonly [title: string, parts: Parts, claim: string][] = [
  ["its own label", { labels: { [DECLARED]: "cache" } }, "cache declared sure"],
  [
    "the template's label",
    { templateLabels: { [DECLARED]: "alerting" } },
    "alerting declared sure",
  ],
  ["the common labels", { labels: keymate("dashboards") }, "dashboards labels guess"],
  ["the chart", { labels: { "helm.sh/chart": "api-gateway-1.2.3" } }, "api-gateway chart guess"],
  [
    "the release",
    { annotations: { "meta.helm.sh/release-name": "message-broker" } },
    "message-broker chart guess",
  ],
  ["the image", { image: "quay.io/keycloak/keycloak:26.1" }, "identity-provider image guess"],
];

for (const [index, [title, , claim]] of ordered.entries()) {
  test(`a component is known by ${title} before anything weaker`, () => {
    const marks = ordered.slice(index).map(([, parts]) => parts);
    const labels = Object.assign({}, ...marks.map((parts) => parts.labels));
    const merged: Parts = { ...Object.assign({}, ...marks), labels };
    assert.equal(claimOf(deployment(merged)), claim);
  });
}

test("a declared component wins on the object over the one on its template", () => {
  const raw = deployment({
    labels: { [DECLARED]: "cache" },
    templateLabels: { [DECLARED]: "none" },
  });
  assert.equal(declarationOf(judged(raw)), "cache");
});

test("a component declared as none is not guessed", () => {
  const parts = { labels: { [DECLARED]: "none" }, image: "postgres:17.2" };
  assert.equal(claimOf(deployment(parts)), undefined);
});

test("an empty declaration says nothing", () => {
  const parts = { labels: { [DECLARED]: "" }, image: "postgres:17.2" };
  assert.equal(claimOf(deployment(parts)), "relational-database image guess");
});

test("a declared component is taken as it stands when the policy does not know it", () => {
  const parts = { labels: { [DECLARED]: "ledger" }, image: "postgres:17.2" };
  assert.equal(claimOf(deployment(parts)), "ledger declared sure");
});

test("a component is certain from the kind of a custom resource, whatever its chart says", () => {
  const raw = rawObject("postgresql.cnpg.io/v1", "Cluster", "pg", {
    metadata: { labels: { "helm.sh/chart": "identity-provider-1.0.0" } },
  });
  assert.equal(claimOf(raw), "relational-database kind sure");
  const without = { ...platform, components: new Map() };
  assert.equal(componentOfKind(without, "Cluster.postgresql.cnpg.io"), undefined);
});

test("a component is not guessed from the labels of another platform", () => {
  const labels = { ...keymate("cache"), "app.kubernetes.io/part-of": "shop" };
  assert.equal(claimOf(deployment({ labels })), undefined);
});

test("a component is guessed from the name label where the component label is no component", () => {
  const labels = { ...keymate("server"), "app.kubernetes.io/name": "message-broker" };
  assert.equal(claimOf(deployment({ labels })), "message-broker labels guess");
});

for (const [chart, claim] of [
  ["cache-1.2.3", "cache chart guess"],
  ["cache-v2.0.0-rc.1", "cache chart guess"],
  ["cache", "cache chart guess"],
  ["cache-exporter-1.2.3", undefined],
] as const) {
  test(`a component is guessed from chart ${chart} by its whole name`, () => {
    assert.equal(claimOf(deployment({ labels: { "helm.sh/chart": chart } })), claim);
  });
}

for (const [image, claim] of [
  ["registry.example:5000/mirror/postgres:17.2", "relational-database image guess"],
  ["registry.example/platform/api-gateway", "api-gateway image guess"],
  ["quay.io/prometheuscommunity/postgres-exporter:0.15.0", undefined],
  ["", undefined],
] as const) {
  test(`a component is guessed from image ${image || "(empty)"} by its last path segment`, () => {
    assert.equal(claimOf(deployment({ image })), claim);
  });
}

test("a component is guessed from a glob with a slash by the whole image name", () => {
  const components = [{ name: "cache", match: { images: ["ghcr.io/acme/*"] } }];
  const own = policyWith({ components }).platform;
  const claim = (image: string) => componentOf(own, judged(deployment({ image })))?.name;
  assert.equal(claim("ghcr.io/acme/kv:1"), "cache");
  assert.equal(claim("quay.io/acme/kv:1"), undefined);
});

test("a component is not guessed from what init containers run", () => {
  const parts = { image: "registry.example/migrate:1", initImage: "postgres:17.2" };
  assert.equal(claimOf(deployment(parts)), undefined);
});

test("a component of odd objects is unknown, never an error", () => {
  for (const spec of [undefined, null, 1, [], { template: [] }, { template: { spec: null } }]) {
    assert.equal(claimOf({ apiVersion: "apps/v1", kind: "Deployment", spec }), undefined);
  }
});
