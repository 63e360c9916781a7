import { randomUUID } from "node:crypto";
import { request } from "node:https";
import { applyOperations } from "../../engine/patch.ts";
import type { PatchOperation } from "../../engine/patch-operation.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import type { Scene } from "./scenes.ts";

export interface Answer {
  readonly allowed: boolean;
  readonly message: string;
  readonly warnings: readonly string[];
  readonly patch: readonly PatchOperation[];
}

/** The part of an AdmissionReview response that the demo shows. */
interface WireResponse {
  readonly allowed: boolean;
  readonly status?: { readonly message?: string };
  readonly warnings?: readonly string[];
  readonly patch?: string;
}

/** Asks a guard as the API server does: mutate, apply the patch, validate the result. */
export async function admit(scene: Scene, port: number, ca: string): Promise<Answer> {
  const mutation = await ask(scene, scene.object, { path: "/mutate?timeout=3s", port, ca });
  const object = applyOperations(scene.object, mutation.patch);
  const validation = await ask(scene, object, { path: "/validate/fail?timeout=5s", port, ca });
  const warnings = [...mutation.warnings, ...validation.warnings];
  return { ...validation, warnings, patch: mutation.patch };
}

async function ask(
  scene: Scene,
  object: JsonObject,
  call: { readonly path: string; readonly port: number; readonly ca: string },
): Promise<Answer> {
  const body = JSON.stringify(reviewOf(scene, object));
  const text = await post(call, body);
  const { response } = JSON.parse(text) as { response: WireResponse };
  const { allowed, status, warnings = [], patch } = response;
  return {
    allowed,
    warnings,
    message: status?.message ?? "",
    patch: patch === undefined ? [] : JSON.parse(Buffer.from(patch, "base64").toString()),
  };
}

function reviewOf({ resource }: Scene, object: JsonObject): object {
  const kind = String(object["kind"]);
  const { name, namespace } = object["metadata"] as { name: string; namespace: string };
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: randomUUID(),
      operation: "CREATE",
      kind: { group: "apps", version: "v1", kind },
      resource: { group: "apps", version: "v1", resource },
      name,
      namespace,
      userInfo: { username: "you" },
      object,
    },
  };
}

function post(
  { path, port, ca }: { readonly path: string; readonly port: number; readonly ca: string },
  body: string,
): Promise<string> {
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const options = { host: "localhost", port, path, ca, method: "POST", headers, agent: false };
    const call = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve(Buffer.concat(chunks).toString()));
    });
    call.on("error", reject);
    call.end(body);
  });
}
