import type { Mode } from "../../engine/modes.ts";
import { credentialIn, credentialParts } from "../../kubernetes/credential.ts";
import { credentialsByName } from "../../kubernetes/credential-text.ts";
import type { Location } from "../../kubernetes/location.ts";
import type { LiteralHit } from "./literal-hit.ts";

/** A text with other texts in it: a file of a ConfigMap, the values of a Helm chart. */
export interface HeldText {
  /** `key app.properties`: how messages name it. */
  readonly what: string;
  readonly text: string;
  readonly location: Location;
  readonly fix: string;
  /** What a hit may lead to at most, by how it was found. */
  readonly capOf: (detector: string, isCertain: boolean) => { readonly atMost?: Mode };
}

/** Credentials in a file of any common format: by shape once, by name each. */
export function* textHits({ what, text, location, fix, capOf }: HeldText): Iterable<LiteralHit> {
  for (const { detector, isCertain, text: part, line } of credentialParts(text)) {
    yield {
      place: what,
      text: part,
      finding: {
        message: `${what}${lineText(text, line)} holds a literal credential (${detector})`,
        fix,
        location,
        ...capOf(detector, isCertain),
      },
    };
  }
  for (const { name, value, line } of credentialsByName(text)) {
    if (credentialIn(value) !== undefined) continue;
    yield {
      place: `${what} ${name}`,
      text: value,
      finding: {
        message: `${what}${lineText(text, line)} holds a literal credential under ${name} (credential-name)`,
        fix,
        location,
        ...capOf("credential-name", false),
      },
    };
  }
}

/** A text of one line needs no number. */
function lineText(text: string, line: number | undefined): string {
  return line === undefined || !text.trimEnd().includes("\n") ? "" : `, line ${line},`;
}
