import { z } from "zod";
import { componentOf } from "../../engine/component.ts";
import { PREFIX } from "../../engine/platform.ts";
import { kindWord } from "../../engine/policy.ts";
import { defineRule, type RuleContext } from "../../engine/rule.ts";
import { Judged } from "../../engine/subject.ts";
import { createdAt } from "../../kubernetes/age.ts";
import { HOUR, parseTime, spanText } from "../../kubernetes/duration.ts";
import type { GroupKind } from "../../kubernetes/kinds.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { fieldHistory } from "../../kubernetes/managed-fields.ts";
import { isDefaultDeny } from "../../kubernetes/network-policy.ts";
import { annotationOf, isTerminating, nameOf } from "../../kubernetes/object.ts";

const REVIEWED = `${PREFIX}reviewed-at`;

const HOSTS: readonly GroupKind[] = [
  "Deployment.apps",
  "StatefulSet.apps",
  "DaemonSet.apps",
  "CronJob.batch",
  "Cluster.postgresql.cnpg.io",
  "Keycloak.k8s.keycloak.org",
];

const params = z.strictObject({
  graceHours: z
    .number()
    .min(0)
    .default(24)
    .describe("A policy may be so much older than the component: they were rolled out together"),
});

type Context = RuleContext<z.output<typeof params>>;

export default defineRule<z.output<typeof params>>({
  id: "net-review",
  title: "Network policies are reviewed when components come",
  why: "A policy says who talks to whom on the day it is written. A component that came later is let in by labels that nobody meant, or was given a hole of its own.",
  practice: "network",
  since: "0.1.0",
  targets: [{ kinds: ["NetworkPolicy.networking.k8s.io"], operations: ["CREATE"] }],
  needs: HOSTS,
  mode: "audit",
  doors: ["audit"],
  reads: ["metadata", "spec"],
  params,
  check(context) {
    const { subject, object, params } = context;
    // It lets nothing in, whatever comes.
    if (isDefaultDeny(object.raw)) return [];
    const newest = newestIn(context, subject.namespace);
    const changed = changedAt(context);
    if (newest === undefined || changed === undefined) return [];
    const gap = newest.at - changed;
    if (gap <= params.graceHours * HOUR) return [];
    return [
      {
        message: `NetworkPolicy ${subject.name} is ${spanText(gap)} older than ${newest.shown}, the newest component of namespace ${subject.namespace}`,
        fix: `see whether it still lets in what is needed and nothing else; if it does, annotate it with ${REVIEWED}: the time as RFC 3339`,
        location: field(ROOT, "metadata"),
        key: "older",
      },
    ];
  },
});

/** When it was last written or reviewed. */
function changedAt({ object, now }: Context): number | undefined {
  const reviewed = parseTime(annotationOf(object.raw, REVIEWED)?.trim());
  const times = [
    fieldHistory(object.raw, "spec").writtenAt ?? createdAt(object.raw),
    // What is yet to come has not been looked at.
    reviewed !== undefined && reviewed <= now ? reviewed : undefined,
  ].filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.max(...times);
}

interface Newest {
  readonly shown: string;
  readonly at: number;
}

const NEWEST = Symbol("newest component by namespace");

function newestIn({ cluster, platform, once }: Context, namespace: string): Newest | undefined {
  const known = once(NEWEST, () => new Map<string, Newest | undefined>());
  if (known.has(namespace)) return known.get(namespace);
  let newest: Newest | undefined;
  for (const kind of HOSTS) {
    for (const raw of cluster.list(kind, namespace)) {
      const at = createdAt(raw);
      if (at === undefined || isTerminating(raw) || at <= (newest?.at ?? 0)) continue;
      const component = componentOf(platform, new Judged(kind, raw))?.name;
      if (component === undefined) continue;
      newest = { shown: `${component} (${kindWord(kind)} ${nameOf(raw)})`, at };
    }
  }
  known.set(namespace, newest);
  return newest;
}
