import fc from "fast-check";
import type { JsonObject } from "../../src/kubernetes/json.ts";

/** Odd keys that a patch or a reader may trip over. */
const ODD_KEYS = ["__proto__", "constructor", "prototype", "", "a/b", "a~b", "~1", '"', "é", "😀"];

const quantity = fc.oneof(
  fc.constantFrom("500m", "2", "512Mi", "2Gi", "0", "1e3", "0.5", ".5", "64Ki", "1E", "100"),
  fc.constantFrom("nonsense", "", "-1", "1GB"),
  fc.integer({ min: 0, max: 4096 }),
);

const scalar = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);

const oddMap = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom(...ODD_KEYS), fc.string({ maxLength: 10 })), scalar), {
    maxLength: 4,
  })
  .map((entries) => {
    const map: Record<string, unknown> = {};
    for (const [key, value] of entries) {
      // Assignment to `__proto__` would set the prototype; JSON.parse makes an own key.
      Object.defineProperty(map, key, {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return map;
  });

const resourceMap = fc.oneof(
  fc.record({ cpu: quantity, memory: quantity, "nvidia.com/gpu": quantity }, { requiredKeys: [] }),
  fc.constantFrom({}, null, "none", []),
);

const resources = fc.oneof(
  fc.record(
    { requests: resourceMap, limits: resourceMap, claims: fc.constant([]) },
    { requiredKeys: [] },
  ),
  fc.constantFrom(null, "none", [], 7),
);

const container = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record(
      {
        name: fc.constantFrom("api", "side", "db", "api"),
        image: fc.constantFrom("api:1", "keycloak", "host:5000/postgres@sha256:aa", ""),
        resources,
        restartPolicy: fc.constantFrom("Always", "Never", 3),
        env: fc.array(oddMap, { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom(null, "text", [], 3) },
);

const labels = fc.oneof(
  fc.dictionary(
    fc.constantFrom(
      "policy.keymate.io/component",
      "policy.keymate.io/layer",
      "app.kubernetes.io/part-of",
      "app",
    ),
    fc.constantFrom(
      "api-gateway",
      "relational-database",
      "none",
      "data",
      "application",
      "keymate",
      "",
    ),
    { maxKeys: 4 },
  ),
  oddMap,
  fc.constantFrom(null, "text", []),
);

const podSpec = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record(
      {
        containers: fc.oneof(fc.array(container, { maxLength: 4 }), fc.constantFrom(null, {}, "x")),
        initContainers: fc.oneof(fc.array(container, { maxLength: 2 }), fc.constant(null)),
        resources,
        nodeSelector: oddMap,
      },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom(null, [], "x") },
);

const metadata = (namespace: fc.Arbitrary<string>) =>
  fc.record(
    { name: fc.constantFrom("api", "db"), namespace, labels, annotations: oddMap },
    { requiredKeys: ["name", "namespace"] },
  );

const SHAPES = [
  { kind: "Deployment", apiVersion: "apps/v1", wrap: template },
  { kind: "StatefulSet", apiVersion: "apps/v1", wrap: template },
  { kind: "DaemonSet", apiVersion: "apps/v1", wrap: template },
  { kind: "ReplicaSet", apiVersion: "apps/v1", wrap: template },
  { kind: "Job", apiVersion: "batch/v1", wrap: template },
  { kind: "CronJob", apiVersion: "batch/v1", wrap: cronTemplate },
  { kind: "Pod", apiVersion: "v1", wrap: (pod: PodParts) => ({ spec: pod.spec }) },
] as const;

interface PodParts {
  readonly spec: unknown;
  readonly labels: unknown;
}

/** Workloads of every kind, from ordinary to malformed, as JSON.parse would give them. */
export const anyWorkload: fc.Arbitrary<JsonObject> = fc
  .record({
    shape: fc.constantFrom(...SHAPES),
    metadata: metadata(
      fc.constantFrom("platform-application", "platform-data", "platform-infrastructure", "other"),
    ),
    spec: podSpec,
    labels,
  })
  .map(({ shape, metadata: meta, spec, labels: podLabels }) => {
    const { apiVersion, kind, wrap } = shape;
    return { apiVersion, kind, metadata: meta, ...wrap({ spec, labels: podLabels }) };
  });

function template(pod: PodParts) {
  return { spec: { replicas: 1, template: { metadata: { labels: pod.labels }, spec: pod.spec } } };
}

function cronTemplate(pod: PodParts) {
  return { spec: { schedule: "@daily", jobTemplate: template(pod) } };
}
