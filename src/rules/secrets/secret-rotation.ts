import { z } from "zod";
import { PREFIX } from "../../engine/platform.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { createdAt } from "../../kubernetes/age.ts";
import { DAY, parseTime, spanText } from "../../kubernetes/duration.ts";
import { own } from "../../kubernetes/json.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { fieldHistory } from "../../kubernetes/managed-fields.ts";
import { annotationOf, statusOf } from "../../kubernetes/object.ts";
import { certificateNameOf, secretOrigin } from "../../kubernetes/secret-origin.ts";
import { SECRETS_ON_DEMAND } from "./on-demand.ts";

const ROTATED = `${PREFIX}rotated-at`;
const CERTIFICATE = "Certificate.cert-manager.io";

const params = z.strictObject({
  maxAgeDays: z
    .number()
    .positive()
    .default(90)
    .describe("A credential is used for so long at most"),
  maxCertificateDays: z
    .number()
    .positive()
    .default(398)
    .describe(
      "A key pair of which no Certificate of cert-manager is known is used for so long at most: no public authority gives a certificate a longer life",
    ),
});

type Context = RuleContext<z.output<typeof params>>;

export default defineRule<z.output<typeof params>>({
  id: "secret-rotation",
  title: "Credentials are renewed",
  why: "A password that is never changed is known to everybody who ever left, and to whoever reads an old backup. One that is changed every quarter is changed without an outage, too.",
  practice: "secrets",
  since: "0.1.0",
  targets: [{ kinds: ["Secret"], operations: ["CREATE"] }],
  needs: [],
  consults: [CERTIFICATE],
  mode: "audit",
  modeNote: "by metadata alone; what an operator writes is judged at its source",
  doors: ["audit"],
  optIn: SECRETS_ON_DEMAND,
  reads: ["metadata"],
  params,
  check(context) {
    const origin = secretOrigin(context.object.raw);
    if (origin === "people") return aged(context, context.params.maxAgeDays);
    return origin === "certificate" ? ofCertificate(context) : [];
  },
});

function aged(context: Context, maxDays: number): Finding[] {
  const { subject, now } = context;
  const since = rotatedAt(context);
  if (since === undefined || now - since <= maxDays * DAY) return [];
  return [
    {
      message: `Secret ${subject.name} was last renewed ${spanText(now - since, Math.ceil)} ago, limit ${maxDays} d`,
      fix: "write a new value, or let a secret manager renew it",
      location: field(ROOT, "metadata"),
      key: "age",
      magnitude: now - since,
    },
  ];
}

/** Who manages its data wrote it last; where nobody says so, what people noted, else its birth. */
function rotatedAt({ object }: Context): number | undefined {
  return (
    fieldHistory(object.raw, "data").writtenAt ??
    parseTime(annotationOf(object.raw, ROTATED)?.trim()) ??
    createdAt(object.raw)
  );
}

/** The dates are in the certificate, which is not read; cert-manager writes them down. */
function ofCertificate(context: Context): Finding[] {
  const { object, subject, cluster, now, params } = context;
  const name = certificateNameOf(object.raw);
  const certificate = name && cluster.get(CERTIFICATE, subject.namespace, name);
  if (!certificate) return aged(context, params.maxCertificateDays);
  const status = statusOf(certificate);
  const due = parseTime(own(status, "renewalTime")) ?? parseTime(own(status, "notAfter"));
  if (due === undefined || now <= due) return [];
  return [
    {
      message: `the certificate in Secret ${subject.name} was due to be renewed ${spanText(now - due)} ago`,
      fix: `find out why cert-manager does not: kubectl describe certificate -n ${subject.namespace} ${name}`,
      location: field(ROOT, "metadata"),
      key: "certificate",
    },
  ];
}
