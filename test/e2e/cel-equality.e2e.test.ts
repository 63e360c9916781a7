import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, suite, test } from "node:test";
import { deployment } from "../../bench/reviews/deployment.ts";
import type { ApiResponse } from "../cluster/api-client.ts";
import { eventually } from "../cluster/eventually.ts";
import { since } from "../cluster/since.ts";
import { type Installation, install } from "./support/installation.ts";

// The benchmark compares the guard with in-process policies: only fair while both decide alike.
const POLICIES = readFileSync(new URL("../../bench/cel/policies.yaml", import.meta.url), "utf8");
const LAYERS = ["application", "data"] as const;

type Layer = (typeof LAYERS)[number];
type Workload = {
  metadata: { labels: Record<string, string> };
  spec: { template: { metadata: { labels: Record<string, string> }; spec: PodSpec } };
};
interface PodSpec {
  containers: { name: string; image: string; resources?: unknown }[];
  initContainers?: PodSpec["containers"];
}

const FULL = { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "1", memory: "1Gi" } };

const RESOURCES: Readonly<Record<string, object>> = {
  "no resources": {},
  "everything written": FULL,
  "limits only": { limits: FULL.limits },
  "requests only": { requests: FULL.requests },
  "requests above the default limits": { requests: { cpu: "3", memory: "4Gi" } },
  "no memory": { requests: { cpu: "100m" }, limits: { cpu: "1" } },
  "a request of 0": { ...FULL, requests: { cpu: "0", memory: "64Mi" } },
  "a limit of 0": { limits: { cpu: "0", memory: "0" }, requests: { cpu: "0", memory: "0" } },
};

const LABELS: Readonly<Record<string, Record<string, string>>> = {
  "no component": {},
  "a component of the application layer": { "policy.keymate.io/component": "api-gateway" },
  "a component of the data layer": { "policy.keymate.io/component": "cache" },
  "no component on purpose": { "policy.keymate.io/component": "none" },
  "a layer": { "policy.keymate.io/component": "none", "policy.keymate.io/layer": "application" },
  "another platform": { "app.kubernetes.io/part-of": "shop" },
};

let installation: Installation;

suite("guard and in-process policies agree on", since(36, "MutatingAdmissionPolicy v1"), () => {
  before(async () => {
    installation = await install({
      policy: {
        excludedNamespaces: [
          "kube-system",
          "kube-public",
          "kube-node-lease",
          ...LAYERS.map(celName),
        ],
      },
    });
    const { cluster } = installation;
    for (const layer of LAYERS) {
      await cluster.apply(namespace(guardName(layer), { "policy.keymate.io/layer": layer }));
      await cluster.apply(namespace(celName(layer), { "bench.keymate.io/layer": layer }));
    }
    await cluster.apply(POLICIES);
    for (const name of LAYERS.flatMap((layer) => [guardName(layer), celName(layer)])) {
      await eventually(() => isInForce(name));
    }
  });

  after(() => installation?.stop());

  for (const layer of LAYERS) {
    for (const [labelled, labels] of Object.entries(LABELS)) {
      for (const [sized, resources] of Object.entries(RESOURCES)) {
        test(`${sized}, ${labelled}, in layer ${layer}`, () =>
          agree(layer, (name) => workload(name, labels, resources)));
      }
    }
  }

  test("an init container without limits", () =>
    agree("data", (name) => {
      const made = workload(name, {}, FULL);
      const { spec } = made.spec.template;
      spec.initContainers = [{ name: "migrate", image: "registry.example/migrate:1.0.0" }];
      return made;
    }));
});

/** Both kinds of policy, or both webhooks: the label was added, the advice was given. */
async function isInForce(name: string): Promise<boolean> {
  const { warned, labels } = await create(name, workload(name, {}, FULL));
  return warned !== "" && JSON.stringify(labels).includes("policy.keymate.io/layer");
}

async function agree(layer: Layer, make: (namespace: string) => Workload): Promise<void> {
  const [guard, cel] = await Promise.all(
    [guardName(layer), celName(layer)].map((name) => create(name, make(name))),
  );
  assert.deepEqual(guard, cel);
}

interface Answer {
  readonly allowed: boolean;
  readonly warned: string;
  readonly labels: unknown;
  readonly template: unknown;
}

async function create(name: string, body: Workload): Promise<Answer> {
  const path = `/apis/apps/v1/namespaces/${name}/deployments?dryRun=All`;
  const answer = await installation.cluster.request("POST", path, body);
  if (answer.status !== 201) {
    assert.match(answer.text, /guard\.keymate\.io|keymate-cel/);
    return { allowed: false, warned: "", labels: {}, template: {} };
  }
  const { metadata, spec } = answer.json<Workload>();
  return {
    allowed: true,
    warned: adviceIn(answer),
    labels: metadata.labels,
    template: spec.template,
  };
}

/** What both say about a missing component; the guard also tells what it added. */
function adviceIn({ headers }: ApiResponse): string {
  return String(headers["warning"] ?? "").includes("[ns-component-label]") ? "component" : "";
}

function workload(name: string, labels: Record<string, string>, resources: object): Workload {
  const made = structuredClone(deployment({ compliant: false, namespace: name })) as Workload;
  Object.assign(made.metadata.labels, labels);
  for (const container of made.spec.template.spec.containers) container.resources = resources;
  return made;
}

function guardName(layer: Layer): string {
  return `guarded-${layer}`;
}

function celName(layer: Layer): string {
  return `cel-${layer}`;
}

function namespace(name: string, labels: object): string {
  return JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
}
