import { z } from "zod";
import { defineRule } from "../../engine/rule.ts";
import type { Judged } from "../../engine/subject.ts";
import { credentialOf } from "../../kubernetes/credential.ts";
import { type Env, effectiveVariables, envOf, isFromElsewhere } from "../../kubernetes/env.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { specOf } from "../../kubernetes/object.ts";
import { WORKLOAD_KINDS, WORKLOAD_RESOURCES } from "../../kubernetes/workload.ts";
import { type LiteralHit, literalFindings } from "./literal-hit.ts";

const KEYCLOAK = "Keycloak.k8s.keycloak.org";

export default defineRule({
  id: "secret-env-literal",
  title: "No environment variable holds a literal credential",
  why:
    "A value in a manifest is in Git, in the history of every rollout, in backups of the cluster " +
    "and on the screen of everyone who may read the workload; nothing rotates it there.",
  practice: "secrets",
  since: "0.1.0",
  targets: [
    {
      kinds: [...WORKLOAD_KINDS, ...WORKLOAD_RESOURCES, KEYCLOAK],
      operations: ["CREATE", "UPDATE"],
    },
  ],
  needs: [],
  mode: "enforce",
  reads: [
    "TP.spec.containers",
    "TP.spec.initContainers",
    "spec.env",
    "spec.envFrom",
    "spec.additionalOptions",
  ],
  params: z.strictObject({}),
  check: (context) => literalFindings(context, hitsOf),
});

function* hitsOf(object: Judged): Iterable<LiteralHit> {
  for (const container of object.containers) {
    const env = envOf(container.raw, field(container.location, "env"));
    yield* literals(env, `env {} of container ${container.name}`);
  }
  if (object.kind !== KEYCLOAK) return;
  const spec = specOf(object.raw) ?? {};
  yield* literals(envOf(spec, field(ROOT, "spec", "env")), "env {} of the Keycloak");
  const options = field(ROOT, "spec", "additionalOptions");
  yield* literals(envOf(spec, options, "additionalOptions"), "option {} of the Keycloak");
}

/** `{}` in `what` stands for the name. */
function* literals(env: Env, what: string): Iterable<LiteralHit> {
  if (env.variables.length === 0) return;
  for (const variable of effectiveVariables(env)) {
    const { name, value, location } = variable;
    if (value === undefined) continue;
    const credential = credentialOf(name, value, (other) => isFromElsewhere(env, other, variable));
    if (credential === undefined) continue;
    const place = what.replace("{}", () => name);
    yield {
      place,
      text: value,
      finding: {
        message: `${place} holds a literal credential (${credential.detector})`,
        fix: "take it from a Secret by valueFrom.secretKeyRef, or mount it and use a *_FILE variable",
        location: field(location, "value"),
      },
    };
  }
}
