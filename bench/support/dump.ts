import { closeSync, openSync, writeSync } from "node:fs";
import { stringify } from "yaml";
import { deployment } from "../reviews/deployment.ts";

const NAMESPACE = "platform-application";

/** Objects of one application: what kubectl shows of it after some rollouts. */
const PER_APPLICATION = 10;
const PODS = 3;

/** Writes a List of that many objects as `kubectl get -o json` or `-o yaml` would. */
export function writeDump(file: string, count: number): void {
  const isYaml = file.endsWith(".yaml");
  const descriptor = openSync(file, "w");
  try {
    writeSync(
      descriptor,
      isYaml ? "apiVersion: v1\nitems:\n" : '{\n    "apiVersion": "v1",\n    "items": [\n',
    );
    let written = 0;
    for (const object of objects(count)) {
      writeSync(descriptor, isYaml ? yamlItem(object) : jsonItem(object, written === 0));
      written++;
    }
    writeSync(descriptor, isYaml ? "kind: List\n" : '\n    ],\n    "kind": "List"\n}\n');
  } finally {
    closeSync(descriptor);
  }
}

function jsonItem(object: object, isFirst: boolean): string {
  const text = JSON.stringify(object, null, 4).replaceAll("\n", "\n        ");
  return `${isFirst ? "" : ",\n"}        ${text}`;
}

/** Sorted keys, lists as far left as their key, nothing shared: as kubectl prints. */
const KUBECTL = {
  version: "1.1",
  sortMapEntries: true,
  indentSeq: false,
  aliasDuplicateObjects: false,
} as const;

function yamlItem(object: object): string {
  const [first = "", ...rest] = stringify(object, KUBECTL).trimEnd().split("\n");
  return `- ${[first, ...rest.map((line) => `  ${line}`)].join("\n")}\n`;
}

function* objects(count: number): Generator<object> {
  yield {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: NAMESPACE, labels: { "policy.keymate.io/layer": "application" } },
  };
  let left = count - 1;
  for (let index = 0; left > 0; index++) {
    for (const object of application(index).slice(0, left)) yield object;
    left -= PER_APPLICATION;
  }
}

function application(index: number): readonly object[] {
  const name = `service-${index}`;
  const labels = { app: name };
  const base = deployment({ compliant: true, namespace: NAMESPACE }) as Template;
  const template = { ...base.spec.template, metadata: { labels } };
  const meta = (own: string, owner?: readonly [string, string, string]) => ({
    name: own,
    namespace: NAMESPACE,
    uid: `uid-of-${own}`,
    resourceVersion: `${index}`,
    creationTimestamp: "2026-01-01T00:00:00Z",
    labels,
    ...(owner === undefined ? {} : { ownerReferences: [controller(owner)] }),
  });
  const spec = { ...base.spec, selector: { matchLabels: labels }, template };
  const sets = ["a", "b", "c"].map((suffix) => ({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: meta(`${name}-${suffix}`, ["apps/v1", "Deployment", name]),
    spec: { replicas: suffix === "c" ? PODS : 0, selector: { matchLabels: labels }, template },
  }));
  const pods = Array.from({ length: PODS }, (_, pod) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: meta(`${name}-c-${pod}`, ["apps/v1", "ReplicaSet", `${name}-c`]),
    spec: { ...template.spec, nodeName: `node-${pod}`, serviceAccountName: "default" },
    status: podStatus(),
  }));
  return [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { ...base.metadata, ...meta(name) },
      spec,
    },
    ...sets,
    ...pods,
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: meta(name),
      spec: { minAvailable: 1, selector: { matchLabels: labels } },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: meta(name),
      spec: { selector: labels, ports: [{ name: "http", port: 80 }], type: "ClusterIP" },
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: meta(name),
      data: { "application.properties": `name=${name}\n${"log.level=info\n".repeat(20)}` },
    },
  ];
}

interface Template {
  readonly metadata: object;
  readonly spec: { readonly template: { readonly spec: object } };
}

function controller([apiVersion, kind, name]: readonly [string, string, string]): object {
  return { apiVersion, kind, name, uid: `uid-of-${name}`, controller: true };
}

function podStatus(): object {
  const types = ["Initialized", "Ready", "ContainersReady", "PodScheduled"];
  return {
    phase: "Running",
    conditions: types.map((type) => ({ type, status: "True" })),
    containerStatuses: [{ name: "service", ready: true, restartCount: 0, started: true }],
  };
}
