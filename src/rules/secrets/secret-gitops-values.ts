import { z } from "zod";
import { defineRule } from "../../engine/rule.ts";
import type { Judged } from "../../engine/subject.ts";
import { credentialOf } from "../../kubernetes/credential.ts";
import { textOf } from "../../kubernetes/credential-text.ts";
import {
  asArray,
  asObject,
  type JsonObject,
  own,
  ownArray,
  ownObject,
  ownString,
} from "../../kubernetes/json.ts";
import { field, item, type Location, partOf, ROOT } from "../../kubernetes/location.ts";
import { specOf } from "../../kubernetes/object.ts";
import { type LiteralHit, literalFindings } from "./literal-hit.ts";
import { textHits } from "./text-hits.ts";

const APPLICATION = "Application.argoproj.io";
const FIX = "keep it in a Secret and let the chart refer to it (existingSecret, valuesFrom)";

export default defineRule({
  id: "secret-gitops-values",
  title: "No Helm value of a GitOps object holds a credential",
  why:
    "Values of an Application or HelmRelease are in Git by their nature, and whoever may look at " +
    "the delivery tool reads them there again.",
  practice: "secrets",
  since: "0.1.0",
  targets: [
    {
      kinds: [APPLICATION, "HelmRelease.helm.toolkit.fluxcd.io"],
      operations: ["CREATE", "UPDATE"],
    },
  ],
  needs: [],
  mode: "enforce",
  modeNote: "what only the name of a value shows warns",
  reads: ["spec.source", "spec.sources", "spec.values"],
  params: z.strictObject({}),
  check: (context) => literalFindings(context, hitsOf),
});

function* hitsOf({ kind, raw }: Judged): Iterable<LiteralHit> {
  const spec = specOf(raw);
  const root = field(ROOT, "spec");
  if (kind !== APPLICATION) {
    yield* treeHits(own(spec, "values"), field(root, "values"));
    return;
  }
  yield* helmHits(ownObject(spec, "source"), field(root, "source"));
  const sources = ownArray(spec, "sources");
  for (let index = 0; index < sources.length; index++) {
    yield* helmHits(asObject(sources[index]), item(field(root, "sources"), index));
  }
}

function* helmHits(source: JsonObject | undefined, at: Location): Iterable<LiteralHit> {
  const helm = ownObject(source, "helm");
  if (helm === undefined) return;
  const location = field(at, "helm");
  yield* treeHits(own(helm, "parameters"), field(location, "parameters"));
  yield* treeHits(own(helm, "valuesObject"), field(location, "valuesObject"));
  const text = ownString(helm, "values");
  if (text === undefined) return;
  const values = field(location, "values");
  yield* textHits({ what: "helm.values", text, location: values, fix: FIX, capOf });
}

/** Every leaf, with the name that it goes by; `{name, value}` pairs are named by their name. */
function* treeHits(root: unknown, at: Location): Iterable<LiteralHit> {
  const open: { name: string; value: unknown; location: Location }[] = [
    { name: "", value: root, location: at },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { name, value, location } = next;
    const text = textOf(value);
    if (text !== undefined) {
      yield* leafHits(shownName(name), text, location);
      continue;
    }
    const entries = asArray(value) ?? [];
    for (let index = 0; index < entries.length; index++) {
      const given = ownString(asObject(entries[index]), "name");
      open.push({ name, value: entries[index], location: item(location, index, given) });
    }
    const object = asObject(value);
    if (object === undefined) continue;
    const given = ownString(object, "name");
    for (const [key, child] of Object.entries(object)) {
      const childName = key === "value" && given !== undefined ? given : key;
      open.push({ name: childName, value: child, location: field(location, key) });
    }
  }
}

function* leafHits(name: string, text: string, location: Location): Iterable<LiteralHit> {
  if (text.trimEnd().includes("\n")) {
    yield* textHits({ what: `value ${name}`, text, location, fix: FIX, capOf });
    return;
  }
  const credential = credentialOf(name, text);
  if (credential === undefined) return;
  const { detector, isCertain } = credential;
  yield {
    place: pathWithoutIndexes(location),
    text,
    finding: {
      message: `value ${name} holds a literal credential (${detector})`,
      fix: FIX,
      location,
      ...capOf(detector, isCertain),
    },
  };
}

/** What stands in the place of a name may be anything. */
function shownName(name: string): string {
  return plainName.test(name) ? name : "(without a plain name)";
}

const plainName = /^[A-Za-z0-9_.[\]/-]{1,128}$/;

function pathWithoutIndexes(location: Location): string {
  const unnamed = location.isItem && location.name === undefined;
  const part = unnamed ? "[]" : partOf(location).replace(leadingDot, "");
  return location.parent === undefined ? "" : `${pathWithoutIndexes(location.parent)}.${part}`;
}

const leadingDot = /^\./;

function capOf(_: string, isCertain: boolean): { readonly atMost?: "warn" } {
  return isCertain ? {} : { atMost: "warn" };
}
