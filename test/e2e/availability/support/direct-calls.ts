import { randomUUID } from "node:crypto";
import { request as httpsRequest } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { workload } from "../../support/manifests.ts";
import { SERVER_NAME } from "./serving.ts";

export type AdmissionPath = "/mutate" | "/validate" | "/validate/fail";

export interface DirectAnswer {
  readonly status: number;
  readonly allowed: boolean;
  /** JSON text. */
  readonly patch: string;
}

/** One review of a bare Deployment on a connection of its own, as after each handshake. */
export function callGuard(
  port: number,
  ca: string,
  path: AdmissionPath = "/mutate",
): Promise<DirectAnswer> {
  const body = JSON.stringify(review());
  return new Promise((resolve, reject) => {
    const call = httpsRequest(
      {
        ...{ host: "127.0.0.1", port, path: `${path}?timeout=5s`, method: "POST", ca },
        agent: false,
        servername: SERVER_NAME,
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.once("error", reject);
        response.once("end", () => resolve(toAnswer(response.statusCode ?? 0, text)));
      },
    );
    call.once("error", reject);
    call.end(body);
  });
}

function toAnswer(status: number, text: string): DirectAnswer {
  if (status !== 200) return { status, allowed: false, patch: "" };
  const { response } = JSON.parse(text) as { response: { allowed: boolean; patch?: string } };
  const patch = Buffer.from(response.patch ?? "", "base64").toString();
  return { status, allowed: response.allowed, patch };
}

function review(): object {
  const object = workload("Deployment", "platform-application/direct", {
    component: "api-gateway",
  });
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: randomUUID(),
      operation: "CREATE",
      kind: { group: "apps", version: "v1", kind: "Deployment" },
      resource: { group: "apps", version: "v1", resource: "deployments" },
      namespace: "platform-application",
      name: "direct",
      userInfo: { username: "somebody" },
      object,
      oldObject: null,
      dryRun: true,
    },
  };
}

/** Calls through a port for as long as wanted; `ca` tells whom callers trust at that moment. */
export function startDirectCalls(port: number, perSecond: number, ca: () => Promise<string>) {
  const failures: string[] = [];
  let answered = 0;
  let stopped = false;
  const one = async () => {
    try {
      const answer = await callGuard(port, await ca());
      if (answer.allowed && answer.patch.includes("512Mi")) answered += 1;
      else failures.push(`${new Date().toISOString()} ${JSON.stringify(answer)}`);
    } catch (error) {
      failures.push(`${new Date().toISOString()} ${error}`);
    }
  };
  const run = async () => {
    const pending = new Set<Promise<void>>();
    while (!stopped) {
      const call = one().finally(() => pending.delete(call));
      pending.add(call);
      await sleep(1000 / perSecond);
    }
    await Promise.all(pending);
  };
  const running = run();
  return {
    failures,
    async stop(): Promise<{ readonly answered: number; readonly failures: readonly string[] }> {
      stopped = true;
      await running;
      return { answered, failures };
    },
  };
}
