import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { MANIFESTS_SETTINGS } from "../../config/settings-manifests.ts";
import { RULES } from "../../rules/index.ts";
import { environmentError, usageError } from "../../usecases/app-error.ts";
import { webhookEntries } from "../../usecases/webhooks/entries.ts";
import type { ClientConfig } from "../../usecases/webhooks/entry.ts";
import { neverIntercepted } from "../../usecases/webhooks/selectors.ts";
import { viewClusterRole } from "../../usecases/webhooks/view-role.ts";
import type { Run } from "../command.ts";
import { openPolicy } from "../policy-file.ts";
import { MUTATE_TIMEOUT_SECONDS, VALIDATE_TIMEOUT_SECONDS } from "../serve/webhooks.ts";
import { systemClock } from "../system-clock.ts";
import { yamlText } from "../yaml-text.ts";

const NAME = "keymate-guard";

/** Prints what the guard itself would write, for review or for those who want it static. */
export const run: Run<typeof MANIFESTS_SETTINGS> = async ({ settings, io }) => {
  const { url, caFile, policy: file, mode, failPolicy } = settings;
  const policy = await openPolicy({ file, rules: RULES, modeCap: mode, now: systemClock.now() });
  const entries = webhookEntries(policy, {
    client: await clientOf(url, caFile),
    excluded: neverIntercepted(policy, NAME),
    mutateTimeoutSeconds: MUTATE_TIMEOUT_SECONDS,
    validateTimeoutSeconds: VALIDATE_TIMEOUT_SECONDS,
    failing: failPolicy !== "ignore",
    probedIn: failPolicy === "auto" ? NAME : undefined,
  });
  const documents = [
    configuration("MutatingWebhookConfiguration", entries.mutating),
    configuration("ValidatingWebhookConfiguration", entries.validating),
    viewClusterRole(RULES),
  ];
  io.stdout.write(documents.map(yamlText).join("---\n"));
  return 0;
};

async function clientOf(
  url: string | undefined,
  caFile: string | undefined,
): Promise<ClientConfig> {
  const bundle = caFile === undefined ? {} : { caBundle: await readCa(caFile) };
  if (url === undefined) {
    return { service: { name: NAME, namespace: NAME, port: 443 }, ...bundle };
  }
  const parsed = URL.parse(url);
  const { username, password, search, hash } = parsed ?? {};
  if (parsed?.protocol !== "https:" || [username, password, search, hash].some(Boolean)) {
    throw usageError(
      "manifests-url",
      "--url must be such as https://guard.example:8443: no user, no query, no fragment",
    );
  }
  return { url, ...bundle };
}

async function readCa(file: string): Promise<string> {
  const pem = await readFile(file, "utf8").catch((error: unknown) => {
    throw environmentError(
      "ca-unreadable",
      `CA file ${file} cannot be read: check path and permissions`,
      error,
    );
  });
  try {
    if (!new X509Certificate(pem).ca) throw new Error("not a CA");
  } catch (error) {
    throw environmentError(
      "ca-invalid",
      `CA file ${file} holds no CA certificate in PEM: name the ca.crt of the guard`,
      error,
    );
  }
  return Buffer.from(pem).toString("base64");
}

function configuration(kind: string, webhooks: readonly unknown[]): object {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind,
    metadata: { name: NAME, labels: { "app.kubernetes.io/name": NAME } },
    webhooks,
  };
}
