import type { JsonObject } from "../../kubernetes/json.ts";

/** One request of the demo, as somebody would apply it. */
export interface Scene {
  readonly title: string;
  readonly file: string;
  readonly resource: string;
  readonly object: JsonObject;
}

const image = (name: string, version: string) => `registry.example/${name}:${version}`;

/** In order otherwise, so that each scene is about one thing. */
const PROBES = {
  readinessProbe: { httpGet: { path: "/ready", port: 8080 } },
  livenessProbe: { httpGet: { path: "/live", port: 8080 } },
};

export const SCENES: readonly Scene[] = [
  {
    title: "Blocked: a cache without limits in the data layer, where sizing is a decision",
    file: "cache.yaml",
    resource: "deployments",
    object: workload("Deployment", "cache", "platform-data", "cache", [
      { name: "redis", image: image("redis", "8.2.1"), ...PROBES },
    ]),
  },
  {
    title: "Defaulted: a portal without requests and limits gets those of the guide",
    file: "portal.yaml",
    resource: "deployments",
    object: workload("Deployment", "portal", "platform-application", "none", [
      { name: "portal", image: image("portal", "1.4.0"), ...PROBES },
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
        ...PROBES,
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
