import { z } from "zod";
import { defineRule } from "../../engine/rule.ts";
import type { Judged } from "../../engine/subject.ts";
import { type Env, envOf, isFromElsewhere } from "../../kubernetes/env.ts";
import { asArray, dig } from "../../kubernetes/json.ts";
import { field, item, type Location } from "../../kubernetes/location.ts";
import { type Container, WORKLOAD_KINDS } from "../../kubernetes/workload.ts";
import { credentialsInArguments } from "./argument-credentials.ts";
import { type LiteralHit, literalFindings } from "./literal-hit.ts";

const POOLER = "Pooler.postgresql.cnpg.io";

/** Where a container names commands: its own, of its hooks, of its probes. */
const COMMANDS: readonly (readonly string[])[] = [
  ["command"],
  ["args"],
  ["lifecycle", "postStart", "exec", "command"],
  ["lifecycle", "preStop", "exec", "command"],
  ["livenessProbe", "exec", "command"],
  ["readinessProbe", "exec", "command"],
  ["startupProbe", "exec", "command"],
];

export default defineRule({
  id: "secret-args-literal",
  title: "No command line holds a literal credential",
  why:
    "Arguments are as public as the manifest, and besides that every process on the node and " +
    "every crash report shows them.",
  practice: "secrets",
  since: "0.1.0",
  targets: [{ kinds: [...WORKLOAD_KINDS, POOLER], operations: ["CREATE", "UPDATE"] }],
  needs: [],
  mode: "enforce",
  modeNote: "what only the name of the option shows warns",
  reads: ["TP.spec.containers", "TP.spec.initContainers"],
  params: z.strictObject({}),
  check: (context) => literalFindings(context, hitsOf),
});

function* hitsOf(object: Judged): Iterable<LiteralHit> {
  for (const container of object.containers) {
    let env: Env | undefined;
    for (const keys of COMMANDS) {
      const args = asArray(dig(container.raw, ...keys));
      if (args === undefined || args.length === 0) continue;
      env ??= envOf(container.raw, container.location);
      yield* commandHits({ container, keys, args, env });
    }
  }
}

interface Command {
  readonly container: Container;
  readonly keys: readonly string[];
  readonly args: readonly unknown[];
  readonly env: Env;
}

function* commandHits({ container, keys, args, env }: Command): Iterable<LiteralHit> {
  const list: Location = field(container.location, ...keys);
  const what = `of container ${container.name}`;
  for (const found of credentialsInArguments(args, (name) => isFromElsewhere(env, name))) {
    const { index, detector, isCertain, option, text } = found;
    yield {
      place: `${keys.join(".")} ${what} ${option}`,
      text,
      finding: {
        message: `${keys.join(".")}[${index}] ${what} holds a literal credential (${detector})`,
        fix: "put it into a Secret, take it over as an environment variable by secretKeyRef and write $(VARIABLE), or mount it as a file",
        location: item(list, index),
        ...(isCertain ? {} : { atMost: "warn" as const }),
      },
    };
  }
}
