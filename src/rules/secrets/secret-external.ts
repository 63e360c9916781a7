import { z } from "zod";
import { defineRule } from "../../engine/rule.ts";
import { ownString } from "../../kubernetes/json.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { labelOf } from "../../kubernetes/object.ts";
import { controllerOf } from "../../kubernetes/owner.ts";

/** Set by the External Secrets Operator on what it writes. */
const MANAGED_LABEL = "reconcile.external-secrets.io/managed";

export default defineRule({
  id: "secret-external",
  title: "Secrets come from a secret manager",
  why:
    "A Secret that somebody typed has no other home: nobody rotates it, nobody knows where else " +
    "it is, and after the loss of the cluster it is gone.",
  practice: "secrets",
  since: "0.1.0",
  targets: [{ kinds: ["Secret"], operations: ["CREATE"] }],
  needs: [],
  mode: "off",
  modeNote: "for platforms that have a secret manager: set it to `warn`; it never reads the data",
  doors: ["admission"],
  reads: ["type", "metadata"],
  params: z.strictObject({
    types: z
      .array(z.string())
      .default(["Opaque"])
      .describe("Types of Secret that a manager has to write"),
  }),
  check({ subject, object, params, layer }) {
    if (layer === undefined || !isPerson(subject.user)) return [];
    // An absent type is Opaque; files may leave it out, the API server fills it in.
    const type = ownString(object.raw, "type") ?? "Opaque";
    if (!params.types.includes(type)) return [];
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
  },
});

/** Programs have accounts of the cluster; the cluster's own parts have names of the system. */
function isPerson(user: string): boolean {
  return !user.startsWith("system:");
}
