import { probedReplicas, probeObject } from "../../usecases/webhooks/probe.ts";
import type { Connection } from "./api-client.ts";
import { answerError } from "./kube-error.ts";

const TIMEOUT_MS = 10_000;

/**
 * Has the API server call the guard, by a dry-run create that one webhook entry waits for. Gives the
 * replicas that answered; throws KubeError with what went wrong on the way. Needs create on
 * configmaps in the namespace.
 */
export async function sendProbe(
  connection: Connection,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const answer = await connection.request({
    method: "POST",
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps`,
    query: { dryRun: "All", fieldManager: "keymate-guard" },
    headers: { "content-type": "application/json" },
    body: JSON.stringify(probeObject(namespace)),
    signal,
    timeoutMs: TIMEOUT_MS,
  });
  if (answer.status !== 201) {
    throw answerError(answer, "create", `configmaps in namespace ${namespace}`);
  }
  return probedReplicas(answer.headers["warning"] ?? "");
}
