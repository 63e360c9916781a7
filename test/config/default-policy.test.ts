import assert from "node:assert/strict";
import test from "node:test";
import { loadPolicy } from "../../src/config/load-policy.ts";
import { matchesAny } from "../../src/engine/glob.ts";
import { loaded } from "./support/policies.ts";

const { policy } = loaded();

/** The component that an image name would be taken for. */
function inferred(image: string): string | undefined {
  const components = [...policy.platform.components.values()];
  return components.find(({ match }) => matchesAny(match?.images ?? [], image))?.name;
}

test("the embedded policy loads without any rule", () => {
  assert.equal(loadPolicy({ rules: [] }).ok, true);
});

test("the embedded policy has the guide's layers in upgrade order", () => {
  const names = policy.platform.layers.map(({ name }) => name);
  assert.deepEqual(names, ["infrastructure", "data", "application", "observability"]);
});

test("the embedded policy holds exactly the guide's components to be critical, two replicas each", () => {
  const critical = [...policy.platform.components.values()].filter((one) => one.critical);
  assert.deepEqual(
    critical.map(({ name, layer, minReplicas }) => [name, layer, minReplicas]),
    [
      ["identity-provider", "application", 2],
      ["authorization-engine", "application", 2],
      ["api-gateway", "application", 2],
      ["platform-service", "application", 2],
      ["relational-database", "data", 2],
    ],
  );
});

test("the embedded policy defaults to the guide's example resources", () => {
  assert.deepEqual(policy.platform.defaults.resources, {
    requests: { cpu: "500m", memory: "512Mi" },
    limits: { cpu: "2", memory: "2Gi" },
  });
});

test("the embedded policy caps nothing, audits outside layers and leaves kube-system alone", () => {
  assert.equal(policy.cap, "enforce");
  assert.equal(policy.unlayered, "audit");
  assert.equal(policy.isExcluded("kube-system"), true);
  assert.equal(policy.isTrustedController("system:serviceaccount:cnpg-system:cnpg-manager"), true);
});

test("image globs infer a component from its usual image", () => {
  assert.equal(inferred("keycloak"), "identity-provider");
  assert.equal(inferred("openfga"), "authorization-engine");
  assert.equal(inferred("postgres"), "relational-database");
  assert.equal(inferred("redis"), "cache");
  assert.equal(inferred("cert-manager-controller"), "certificate-manager");
  assert.equal(inferred("opentelemetry-collector-contrib"), "telemetry-collector");
});

test("image globs infer nothing from exporters and operators beside a component", () => {
  for (const image of [
    "postgres-exporter",
    "redis_exporter",
    "kafka-exporter",
    "keycloak-operator",
    "cloudnative-pg",
    "keymate-guard",
    "prometheus-operator",
    "nginx",
  ]) {
    assert.equal(inferred(image), undefined, image);
  }
});
