import { z } from "zod";
import { defineRule } from "../../engine/rule.ts";
import type { Judged } from "../../engine/subject.ts";
import { credentialOf, hasPrivateKey } from "../../kubernetes/credential.ts";
import { asString, ownObject } from "../../kubernetes/json.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { type LiteralHit, literalFindings } from "./literal-hit.ts";
import { textHits } from "./text-hits.ts";

const FIX = "move it to a Secret and mount or reference that";

export default defineRule({
  id: "secret-configmap",
  title: "No ConfigMap holds a credential",
  why:
    "Nobody guards a ConfigMap: whoever may look at a namespace reads it, it is not encrypted " +
    "at rest where Secrets are, and it is copied into tickets and logs without a thought.",
  practice: "secrets",
  since: "0.1.0",
  targets: [{ kinds: ["ConfigMap"], operations: ["CREATE", "UPDATE"] }],
  needs: [],
  mode: "enforce",
  modeNote: "only private keys block; all else warns",
  reads: ["data", "binaryData"],
  params: z.strictObject({}),
  check: (context) => literalFindings(context, hitsOf),
});

function* hitsOf({ raw }: Judged): Iterable<LiteralHit> {
  for (const [key, value] of Object.entries(ownObject(raw, "data") ?? {})) {
    const text = asString(value);
    if (text !== undefined) yield* valueHits(key, text);
  }
  for (const [key, value] of Object.entries(ownObject(raw, "binaryData") ?? {})) {
    const text = asString(value);
    if (text === undefined || !hasPrivateKey(text)) continue;
    yield {
      place: `binaryData ${key}`,
      text,
      finding: {
        message: `key ${key} holds a literal credential (private-key)`,
        fix: FIX,
        location: field(ROOT, "binaryData", key),
      },
    };
  }
}

/** A short value is a variable for envFrom, a long one a file. */
function* valueHits(key: string, text: string): Iterable<LiteralHit> {
  const location = field(ROOT, "data", key);
  const capOf = (detector: string) =>
    detector === "private-key" ? {} : { atMost: "warn" as const };
  const isVariable = !text.trimEnd().includes("\n");
  const credential = isVariable ? credentialOf(key, text) : undefined;
  if (credential?.isCertain === false) {
    yield {
      place: `key ${key}`,
      text,
      finding: {
        message: `key ${key} holds a literal credential (${credential.detector})`,
        fix: FIX,
        location,
        ...capOf(credential.detector),
      },
    };
    return;
  }
  yield* textHits({ what: `key ${key}`, text, location, fix: FIX, capOf });
}
