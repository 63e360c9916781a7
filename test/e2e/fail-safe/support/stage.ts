import type { ApiRequest } from "../../../cluster/api-client.ts";
import { samplesOf } from "../../support/counters.ts";
import type { GuardProcess } from "../../support/guard-process.ts";

/** The stage of which a guard's own metric says that it is in force. */
export async function stageOf(guard: GuardProcess): Promise<string | undefined> {
  const { text } = await guard.ops("/metrics");
  const stages = samplesOf(text, "keymate_guard_webhook_fail_policy");
  return stages.find(({ value }) => value === 1)?.labels["stage"];
}

/** What the guard says of it among its checks. */
export async function detailOf(guard: GuardProcess): Promise<string> {
  const { text } = await guard.ops("/healthz?verbose");
  return /^\[\+\]fail-policy ok: (.*)$/m.exec(text)?.[1] ?? "";
}

/** The entries that have Fail, the probe aside; undefined without a configuration. */
export async function failing(cluster: {
  readonly request: ApiRequest;
}): Promise<readonly string[] | undefined> {
  const path =
    "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/keymate-guard";
  const answer = await cluster.request("GET", path);
  if (answer.status === 404) return undefined;
  const { webhooks = [] } = answer.json<{
    webhooks?: { name: string; failurePolicy: string }[];
  }>();
  return webhooks
    .filter(({ name, failurePolicy }) => failurePolicy === "Fail" && !name.startsWith("probe."))
    .map(({ name }) => name.split(".", 1)[0] ?? "");
}
