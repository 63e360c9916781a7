import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import type { AuditEvent } from "../../cluster/api-server.ts";
import { assertAcceptedByApiServer } from "../../support/response-checker.ts";
import type { GuardProcess } from "./guard-process.ts";
import type { Platform } from "./platform.ts";

interface Recorded extends AuditEvent {
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly apiVersion?: string;
    readonly resource: string;
    readonly namespace?: string;
    readonly subresource?: string;
  };
  readonly user: object;
  readonly requestObject?: RawObject;
  readonly responseObject?: RawObject;
}

interface RawObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name?: string };
}

const OPERATIONS: Readonly<Record<string, string>> = { create: "CREATE", update: "UPDATE" };
const JUDGED = ["", "apps", "batch"];

/**
 * Sends what the API server's audit log shows of writes (level RequestResponse) to the guard once
 * more, as it was asked for and as it was stored, on every path, and checks each answer byte by
 * byte. Returns how many answers there were.
 */
export async function replayRecorded({ cluster, guard }: Platform): Promise<number> {
  const secret = await cluster.request(
    "GET",
    "/api/v1/namespaces/keymate-guard/secrets/keymate-guard-certs",
  );
  const { data } = secret.json<{ data: Record<string, string> }>();
  const ca = Buffer.from(data["ca.crt"] ?? "", "base64").toString();
  let answers = 0;
  for (const event of cluster.auditEvents() as unknown as Recorded[]) {
    for (const review of reviewsOf(event)) {
      for (const path of ["/mutate", "/validate", "/validate/fail"]) {
        const answer = await ask(guard, ca, path, review);
        const endpoint = path === "/mutate" ? "mutating" : "validating";
        assertAcceptedByApiServer({ ...answer, endpoint, request: review.request });
        answers++;
      }
    }
  }
  return answers;
}

function reviewsOf(event: Recorded) {
  const { objectRef, requestObject, responseObject, user } = event;
  const operation = OPERATIONS[event.verb];
  if (operation === undefined || objectRef === undefined) return [];
  const { apiGroup: group = "", apiVersion: version = "v1", resource, namespace } = objectRef;
  if (objectRef.subresource !== undefined || !JUDGED.includes(group)) return [];
  const objects = [requestObject, responseObject].filter(
    (object) => object !== undefined && object.kind !== "Status",
  ) as RawObject[];
  return objects.map((object) => ({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: randomUUID(),
      kind: { group, version, kind: object.kind },
      resource: { group, version, resource },
      ...(namespace === undefined ? {} : { namespace }),
      ...(object.metadata.name === undefined ? {} : { name: object.metadata.name }),
      operation,
      userInfo: user,
      object,
      oldObject: operation === "UPDATE" ? (responseObject ?? object) : null,
      dryRun: true,
    },
  }));
}

interface Answer {
  readonly httpStatus: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawBody: Buffer;
}

function ask(guard: GuardProcess, ca: string, path: string, review: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = httpsRequest(
      {
        host: "127.0.0.1",
        port: guard.port,
        path: `${path}?timeout=5s`,
        method: "POST",
        ca,
        servername: "keymate-guard.keymate-guard.svc",
        headers: { "content-type": "application/json" },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const { statusCode: httpStatus = 0, headers } = response;
          resolve({ httpStatus, headers, rawBody: Buffer.concat(chunks) });
        });
      },
    );
    call.on("error", reject);
    call.end(JSON.stringify(review));
  });
}
