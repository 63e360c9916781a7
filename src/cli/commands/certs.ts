import { generateCertificates } from "../../adapters/certs/generate.ts";
import {
  type CertificateDescription,
  inspectDirectory,
  type SetDescription,
} from "../../adapters/certs/inspect.ts";
import type { CERTS_SETTINGS } from "../../config/settings-certs.ts";
import { environmentError, usageError } from "../../usecases/app-error.ts";
import type { Invocation, Run } from "../command.ts";
import { connectTo, ownNamespace } from "../serve/place.ts";
import { systemClock } from "../system-clock.ts";
import { isSound, lookAtSecret, secretText } from "./certs-secret.ts";

type CertsInvocation = Invocation<typeof CERTS_SETTINGS>;

const DEFAULT_NAMES = ["localhost", "127.0.0.1", "::1"];

/** `certs generate [NAME…]` and `certs inspect [NAME…]`, of a folder or of a cluster's Secret. */
export const run: Run<typeof CERTS_SETTINGS> = async (invocation) => {
  const [action, ...names] = invocation.positionals;
  if (action === "generate") return await generate(invocation, names);
  if (action === "inspect") return await inspect(invocation, names);
  const found = action === undefined ? "" : `, not ${JSON.stringify(action)}`;
  throw usageError("certs-usage", `say what to do: certs generate or certs inspect${found}`);
};

async function generate({ settings, io }: CertsInvocation, names: readonly string[]) {
  const { certDir, leafLife, caLife } = settings;
  const issue = {
    commonName: "keymate-guard",
    names: names.length === 0 ? DEFAULT_NAMES : names,
    leafLifeMs: leafLife,
    caLifeMs: caLife,
  };
  const result = await generateCertificates({
    directory: certDir,
    issue,
    clock: systemClock,
  }).catch((error: unknown) => {
    if (error instanceof TypeError) throw usageError("certs-name", error.message);
    throw environmentError(
      "certs-unwritable",
      `${certDir} cannot be written: ${text(error)}`,
      error,
    );
  });
  if (!result.ok) {
    throw environmentError(
      "certs-foreign",
      `${certDir} is left as it is: ${result.reason}; choose another folder by --cert-dir`,
    );
  }
  const { written, description } = result;
  const what = written.length === 0 ? "nothing: all is there and valid" : written.join(", ");
  io.stdout.write(`written to ${certDir}: ${what}\n\n${describe(description)}`);
  return 0;
}

async function inspect({ settings, io }: CertsInvocation, names: readonly string[]) {
  const { certDir, namespace } = settings;
  const connection = await connectTo(settings, io);
  if (connection !== undefined) {
    try {
      const where = namespace ?? ownNamespace(settings, connection);
      const look = await lookAtSecret(connection, where, names);
      const { set } = look.secret;
      io.stdout.write(`${secretText(look)}\n${set === undefined ? "" : `\n${describe(set)}`}`);
      return isSound(look) ? 0 : 1;
    } finally {
      connection.close();
    }
  }
  const description = await inspectDirectory(certDir, { names, now: systemClock.now() }).catch(
    (error: unknown) => {
      throw environmentError(
        "certs-unreadable",
        `${certDir} cannot be read: ${text(error)}`,
        error,
      );
    },
  );
  if (description.certificates.length === 0 && description.problems.length === 0) {
    throw environmentError(
      "certs-missing",
      `there are no certificates in ${certDir}: make them by certs generate, or name another folder by --cert-dir`,
    );
  }
  io.stdout.write(describe(description));
  return description.problems.length === 0 ? 0 : 1;
}

function describe(set: SetDescription): string {
  const parts = set.certificates.map(certificateText);
  const summary = [
    `pair     ${set.pairOk ? "tls.key belongs to tls.crt" : "tls.key does not belong to tls.crt"}`,
    `chain    ${chainText(set.chainOk)}`,
    ...set.problems.map((problem) => `problem  ${problem}`),
  ];
  return `${[...parts, summary.join("\n")].join("\n\n")}\n`;
}

function certificateText(certificate: CertificateDescription): string {
  const { file, subject, issuer, names, notBefore, notAfter, daysLeft } = certificate;
  const renewal = certificate.renewalDue ? "due now" : `due ${day(certificate.renewAt)}`;
  return [
    `${file}`,
    `  subject      ${subject}`,
    `  issuer       ${issuer}`,
    ...(names.length === 0 ? [] : [`  names        ${names.join(", ")}`]),
    `  valid        ${day(notBefore)} to ${day(notAfter)}, ${daysLeft} days left, renewal ${renewal}`,
    `  fingerprint  ${certificate.fingerprint}`,
  ].join("\n");
}

function chainText(chainOk: boolean | undefined): string {
  if (chainOk === undefined) return "there is no ca.crt to check against";
  return chainOk
    ? "tls.crt is signed by a CA of ca.crt"
    : "tls.crt is not signed by a CA of ca.crt";
}

function day(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
