import { request as plainRequest } from "node:http";
import { request } from "node:https";
import { text } from "node:stream/consumers";

const UID = "705ab4f5-6393-11e8-b7cc-42010a800002";

const DEPLOYMENT = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "api", namespace: "platform-application" },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: "api" } },
    template: {
      metadata: { labels: { app: "api" } },
      spec: { containers: [{ name: "main", image: "registry.example/api:1" }] },
    },
  },
};

export interface ReviewResponse {
  readonly uid: string;
  readonly allowed: boolean;
  readonly patchType?: string;
  readonly patch?: string;
  readonly status?: { readonly code: number; readonly message: string };
}

/** A deployment without resources, in a namespace that the embedded policy is strict about. */
function review(): string {
  const kind = { group: "apps", version: "v1", kind: "Deployment" };
  const resource = { group: "apps", version: "v1", resource: "deployments" };
  return JSON.stringify({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: UID,
      kind,
      resource,
      requestKind: kind,
      requestResource: resource,
      name: "api",
      namespace: "platform-application",
      operation: "CREATE",
      userInfo: { username: "somebody" },
      object: DEPLOYMENT,
      oldObject: null,
      dryRun: false,
      options: { apiVersion: "meta.k8s.io/v1", kind: "CreateOptions" },
    },
  });
}

export async function sendReview(port: number, path: string): Promise<ReviewResponse> {
  const answer = await new Promise<string>((resolve, reject) => {
    const options = {
      port,
      path: `${path}?timeout=10s`,
      host: "127.0.0.1",
      method: "POST",
      // The authority exists in the guard's memory only: its root cannot be written.
      rejectUnauthorized: false,
      headers: { "content-type": "application/json" },
    };
    const sent = request(options, (response) => {
      text(response).then(resolve, reject);
    });
    sent.once("error", reject);
    sent.end(review());
  });
  const { response } = JSON.parse(answer);
  if (response?.uid !== UID) throw new Error(`Not an answer to the review: ${answer}`);
  return response;
}

export async function probe(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    plainRequest({ port, path, host: "127.0.0.1" }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once("error", reject)
      .end();
  });
}
