import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startCluster, type TestCluster } from "./cluster.ts";
import { eventually } from "./eventually.ts";
import { since } from "./since.ts";

const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps?dryRun=All";

const VALIDATING = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: short-names}
spec:
  matchConstraints:
    resourceRules:
      - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}
  validations:
    - {expression: "object.metadata.name.size() < 10", message: too long}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: short-names}
spec: {policyName: short-names, validationActions: [Deny]}
`;

const MUTATING = `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: mark}
spec:
  reinvocationPolicy: Never
  matchConstraints:
    resourceRules:
      - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}
  mutations:
    - patchType: ApplyConfiguration
      applyConfiguration: {expression: 'Object{data: {"marked": "yes"}}'}
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: mark}
spec: {policyName: mark}
`;

const POD = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "bare" },
  spec: { containers: [{ name: "main", image: "registry.example/web:1" }] },
};

let cluster: TestCluster;

before(async () => {
  cluster = await startCluster();
});

after(() => cluster?.stop());

function create(name: string) {
  return cluster.request("POST", CONFIG_MAPS, {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name },
  });
}

test("a validating admission policy is in force soon after it is applied", async () => {
  await cluster.apply(VALIDATING);
  const refused = await eventually(async () => {
    const answer = await create("a-rather-long-name");
    return answer.status === 422 && answer;
  });
  assert.match(refused.text, /too long/);
});

const MUTATING_POLICIES = since(36, "MutatingAdmissionPolicy v1");

test(
  "a mutating admission policy is in force soon after it is applied",
  MUTATING_POLICIES,
  async () => {
    await cluster.apply(MUTATING);
    await eventually(async () => {
      const { data } = (await create("short")).json<{ data?: Record<string, string> }>();
      return data?.["marked"] === "yes";
    });
  },
);

test("a pod needs no service account where no controller makes one", async () => {
  const path = "/api/v1/namespaces/default/pods";
  const answer = await cluster.request("POST", path, POD);
  assert.equal(answer.status, 201, answer.text);
});
