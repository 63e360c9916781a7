import { describeSecret, type SecretDescription } from "../../adapters/certs/inspect-secret.ts";
import type { Connection } from "../../adapters/kube/api-client.ts";
import { environmentError } from "../../usecases/app-error.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import { ENTRY_SUFFIX } from "../../usecases/webhooks/entry.ts";
import { systemClock } from "../system-clock.ts";

const NAME = "keymate-guard-certs";

const SILENT: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export interface SecretLook {
  /** `secret keymate-guard/keymate-guard-certs` */
  readonly title: string;
  readonly secret: SecretDescription;
  /** How many webhook entries there are; undefined where they may not be read. */
  readonly entries: number | undefined;
}

/** Reads the Secret and the webhook entries once. Throws AppError, or KubeError for the Secret. */
export async function lookAtSecret(
  connection: Connection,
  namespace: string,
  names: readonly string[],
): Promise<SecretLook> {
  const { createSecretStore } = await import("../../adapters/kube/secret-store.ts");
  const { WebhookWriter } = await import("../../adapters/kube/webhook-configurations.ts");
  const common = { connection, clock: systemClock, logger: SILENT, random: Math.random };
  const store = createSecretStore({ ...common, namespace, name: NAME });
  const snapshot = await store.read();
  const writer = new WebhookWriter(common);
  const live = await writer.readBack().then(
    () => writer.live()?.filter(({ name }) => name.endsWith(ENTRY_SUFFIX)),
    () => undefined,
  );
  const now = systemClock.now();
  const expected = names.length === 0 ? [`keymate-guard.${namespace}.svc`] : names;
  const secret = describeSecret(snapshot, live, { names: expected, now });
  const title = store.description;
  if (secret.state === "absent") throw environmentError("certs-missing", `there is no ${title}`);
  if (secret.state === "empty") {
    throw environmentError("certs-missing", `${title} is empty: no guard has filled it yet`);
  }
  return { title, secret, entries: live?.length };
}

/** Lines in front of those of the certificates. */
export function secretText({ title, secret, entries }: SecretLook): string {
  const { state, reason, generation, rotation } = secret;
  return [
    title,
    `  state        ${reason === undefined ? state : `${state}: ${reason}`}`,
    ...(generation === undefined ? [] : [`  generation   ${generation}`]),
    ...(rotation === undefined ? [] : [`  rotation     ${rotation}`]),
    `  entries      ${entriesText(secret, entries)}`,
  ].join("\n");
}

function entriesText({ distrusting }: SecretDescription, entries: number | undefined): string {
  if (entries === undefined) return "not verified: the webhook configurations cannot be read";
  if (entries === 0) return "there are none: nothing is intercepted";
  if (distrusting === undefined) return `not verified: no CA of ca.crt signed tls.crt`;
  if (distrusting.length === 0) return `all ${entries} contain the CA that signed tls.crt`;
  return `${distrusting.length} of ${entries} lack the CA that signed tls.crt: ${distrusting.join(", ")}`;
}

export function isSound({ secret }: SecretLook): boolean {
  const problems = secret.set?.problems ?? [];
  const distrusting = secret.distrusting ?? [];
  return secret.state === "valid" && problems.length === 0 && distrusting.length === 0;
}
