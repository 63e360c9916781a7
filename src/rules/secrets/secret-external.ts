import { z } from "zod";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { ownString } from "../../kubernetes/json.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { labelOf } from "../../kubernetes/object.ts";
import { controllerOf } from "../../kubernetes/owner.ts";
import { shareFindings } from "./managed-share.ts";
import { SECRETS_ON_DEMAND } from "./on-demand.ts";

/** Set by the External Secrets Operator on what it writes. */
const MANAGED_LABEL = "reconcile.external-secrets.io/managed";

const params = z.strictObject({
  types: z
    .array(z.string())
    .default(["Opaque"])
    .describe("Types of Secret that a manager has to write"),
  minSharePercent: z
    .number()
    .min(0)
    .max(100)
    .default(100)
    .describe("How many of the Secrets of a layer the audit wants to be written by a manager"),
});

type Context = RuleContext<z.output<typeof params>>;

export default defineRule<z.output<typeof params>>({
  id: "secret-external",
  title: "Secrets come from a secret manager",
  why:
    "A Secret that somebody typed has no other home: nobody rotates it, nobody knows where else " +
    "it is, and after the loss of the cluster it is gone.",
  practice: "secrets",
  since: "0.1.0",
  targets: [
    { kinds: ["Secret"], operations: ["CREATE"], doors: ["admission"], from: "warn" },
    { kinds: ["Namespace"], operations: ["CREATE"], doors: ["audit"], needs: ["Secret"] },
  ],
  needs: [],
  mode: "audit",
  modeNote:
    "the audit tells the share of each layer; for platforms that have a secret manager set it to " +
    "`warn`, then admission warns too; the data is never read",
  doors: ["admission", "audit"],
  optIn: SECRETS_ON_DEMAND,
  reads: ["type", "metadata"],
  params,
  check(context) {
    return context.object.kind === "Secret" ? writtenByHand(context) : shareFindings(context);
  },
});

function writtenByHand({ subject, object, params: { types }, layer }: Context): Finding[] {
  if (layer === undefined || !isPerson(subject.user)) return [];
  // An absent type is Opaque; files may leave it out, the API server fills it in.
  const type = ownString(object.raw, "type") ?? "Opaque";
  if (!types.includes(type)) return [];
  if (labelOf(object.raw, MANAGED_LABEL) === "true" || controllerOf(object.raw) !== undefined) {
    return [];
  }
  return [
    {
      message: `Secret ${subject.name} is written by hand, not by a secret manager`,
      fix: "create an ExternalSecret, a SealedSecret or the like and let its operator write it",
      location: field(ROOT, "type"),
      key: "by-hand",
      atMost: "warn",
    },
  ];
}

/** Programs have accounts of the cluster; the cluster's own parts have names of the system. */
function isPerson(user: string): boolean {
  return !user.startsWith("system:");
}
