import type { Practice } from "../../src/engine/rule.ts";

/** A rule that compiles and finds one thing, to be filled with sense. */
export function ruleSource(id: string, practice: Practice, version: string): string {
  return `import { z } from "zod";
import { defineRule } from "../../engine/rule.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { annotationOf } from "../../kubernetes/object.ts";

export default defineRule({
  id: "${id}",
  title: "TODO: what holds when all is well",
  why: "TODO: what goes wrong in production when it does not.",
  practice: "${practice}",
  since: "${version}",
  targets: [{ kinds: ["Deployment.apps"], operations: ["CREATE", "UPDATE"] }],
  needs: [],
  mode: "warn",
  reads: ["metadata.annotations"],
  params: z.strictObject({
    annotation: z.string().default("example.com/owner").describe("Annotation that has to be there"),
  }),
  check({ object, params }) {
    if (annotationOf(object.raw, params.annotation) !== undefined) return [];
    return [
      {
        message: \`annotation \${params.annotation} is missing\`,
        fix: "set it",
        location: field(ROOT, "metadata", "annotations", params.annotation),
        key: params.annotation,
      },
    ];
  },
});
`;
}

export function allowFixture(): string {
  return deployment("\n  annotations: { example.com/owner: iam }");
}

export function denyFixture(): string {
  return deployment("");
}

function deployment(metadata: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  namespace: platform-application${metadata}
spec:
  selector:
    matchLabels: { app: api }
  template:
    metadata:
      labels: { app: api }
    spec:
      containers:
        - name: api
          image: registry.example/api:1.4.2
`;
}
