/** A Deployment of the application layer that nothing is wrong with but what is laid over it. */
export function deployment(parts: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "api", namespace: "platform-application", ...(parts["metadata"] as object) },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "api" } },
      template: {
        metadata: { labels: { app: "api" } },
        spec: { containers: parts["containers"] ?? [{ name: "api", image: "api:1.0" }] },
      },
    },
  };
}

/** The text of a review; `object` as text too, so that it arrives as it was written. */
export function reviewText(object: string, parts: Record<string, unknown> = {}): string {
  const request = {
    uid: "705ab4f5-6393-11e8-b7cc-42010a800002",
    kind: { group: "apps", version: "v1", kind: "Deployment" },
    resource: { group: "apps", version: "v1", resource: "deployments" },
    name: "api",
    namespace: "platform-application",
    operation: "CREATE",
    userInfo: { username: "alice", groups: ["devs"] },
    ...parts,
    object: 0,
  };
  const [before, after] = JSON.stringify(request).split('"object":0') as [string, string];
  return `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":${before}"object":${object}${after}}`;
}

export function deploymentReview(
  parts: Record<string, unknown> = {},
  request: Record<string, unknown> = {},
): string {
  return reviewText(JSON.stringify(deployment(parts)), request);
}

export interface ReviewResponse {
  readonly uid: string;
  readonly allowed: boolean;
  readonly patch?: string;
  readonly warnings?: readonly string[];
  readonly status?: { readonly code: number; readonly message: string };
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

/** The decision in an answer; throws what came instead. */
export function decisionOf(answer: { readonly status: number; readonly body: string }) {
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body}`);
  return (JSON.parse(answer.body) as { response: ReviewResponse }).response;
}
