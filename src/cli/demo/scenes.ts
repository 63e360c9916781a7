import type { JsonObject } from "../../kubernetes/json.ts";

/** One request of the demo, as somebody would apply it. */
export interface Scene {
  readonly title: string;
  readonly file: string;
  readonly resource: string;
  readonly object: JsonObject;
}

const image = (name: string, version: string) => `registry.example/${name}:${version}`;

export const SCENES: readonly Scene[] = [
  {
    title: "Blocked: a database without limits, where sizing is a decision",
    file: "db.yaml",
    resource: "statefulsets",
    object: workload("StatefulSet", "db", "platform-data", "relational-database", [
      { name: "postgres", image: image("postgres", "17.2") },
    ]),
  },
  {
    title: "Defaulted: an API without requests and limits gets those of the guide",
    file: "api.yaml",
    resource: "deployments",
    object: workload("Deployment", "api", "platform-application", "api-gateway", [
      { name: "api", image: image("api", "1.4.0") },
    ]),
  },
  {
    title: "Warned: a workload that does not say which component it is",
    file: "job-runner.yaml",
    resource: "deployments",
    object: workload("Deployment", "job-runner", "platform-application", undefined, [
      {
        name: "runner",
        image: image("runner", "2.0.1"),
        resources: {
          requests: { cpu: "100m", memory: "128Mi" },
          limits: { cpu: "500m", memory: "256Mi" },
        },
      },
    ]),
  },
];

function workload(
  kind: string,
  name: string,
  namespace: string,
  component: string | undefined,
  containers: readonly object[],
): JsonObject {
  const labels = component === undefined ? {} : { "policy.keymate.io/component": component };
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name, namespace, labels },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name, ...labels } }, spec: { containers } },
    },
  };
}
