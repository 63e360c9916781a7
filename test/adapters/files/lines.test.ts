import assert from "node:assert/strict";
import { test } from "node:test";
import { read } from "./workspace.ts";

const TEXT = `# a comment
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
x-defaults: &defaults
  resources:
    limits:
      memory: 1Gi
spec:
  replicas:
    2
  template:
    spec:
      containers:
        - name: a
          <<: *defaults
          env:
            - {name: X,
               value: "1"}
        - name: b
          resources: &shared
            limits: {memory: 1Gi}
        -
          name: c
          resources: *shared
          "quoted/key": 1
`;

function lineOf(pointer: string): number | undefined {
  return read(TEXT).objects[0]?.placeOf(pointer).line;
}

test("a field has the line of its key", () => {
  assert.equal(lineOf(""), 2);
  assert.equal(lineOf("/metadata/name"), 5);
  assert.equal(lineOf("/spec/replicas"), 11);
  assert.equal(lineOf("/spec/template/spec/containers/1"), 21);
  assert.equal(lineOf("/spec/template/spec/containers/2"), 25);
  assert.equal(lineOf("/spec/template/spec/containers/0/env/0/value"), 20);
  assert.equal(lineOf("/spec/template/spec/containers/2/quoted~1key"), 27);
});

test("a missing field has the line of its nearest existing parent", () => {
  assert.equal(lineOf("/metadata/labels/app"), 4);
  assert.equal(lineOf("/spec/template/spec/containers/1/resources/requests/cpu"), 22);
  assert.equal(lineOf("/spec/template/spec/containers/7/image"), 15);
  assert.equal(lineOf("/status/phase"), 2);
});

test("what an alias or a merge key stands for has the line where it is written", () => {
  assert.equal(lineOf("/spec/template/spec/containers/0/resources/limits/memory"), 9);
  assert.equal(lineOf("/spec/template/spec/containers/2/resources"), 26);
  assert.equal(lineOf("/spec/template/spec/containers/2/resources/limits/memory"), 23);
});

test("aliases and merge keys are resolved for judging", () => {
  const spec = read(TEXT).objects[0]?.object["spec"] as {
    template: { spec: { containers: { resources: unknown }[] } };
  };
  const resources = spec.template.spec.containers.map((container) => container.resources);
  assert.deepEqual(resources, Array(3).fill({ limits: { memory: "1Gi" } }));
});
