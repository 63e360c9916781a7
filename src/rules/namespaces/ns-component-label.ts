import { z } from "zod";
import {
  type ComponentClaim,
  componentOf,
  componentOfKind,
  declarationOf,
  NO_COMPONENT,
} from "../../engine/component.ts";
import { COMPONENT_LABEL } from "../../engine/platform.ts";
import { defineRule, type Finding, type RuleContext } from "../../engine/rule.ts";
import { declarationLocation, shownValue, WORKLOADS } from "./component-place.ts";

const params = z.strictObject({
  unknown: z
    .enum(["warn", "audit", "off"])
    .default("audit")
    .describe("Mode for a component name that the policy does not list, a typing error perhaps"),
});

type Params = z.output<typeof params>;

export default defineRule({
  id: "ns-component-label",
  title: "Workloads declare their component",
  why: "The component label is the key of all other rules: minimum replicas, budgets, layers and upgrades are only enforced for what a workload declares to be, never for a guess.",
  practice: "namespaces",
  since: "0.1.0",
  targets: [{ kinds: WORKLOADS, operations: ["CREATE", "UPDATE"] }],
  needs: [],
  mode: "enforce",
  modeNote:
    "a declaration that is removed or changed: enforce; a missing one: warn; an unknown name: audit (`unknown`)",
  reads: ["metadata.labels", "metadata.annotations", "TP.metadata.labels", "TP.spec.containers"],
  params,
  check(context) {
    if (context.layer === undefined) return [];
    return changed(context) ?? missing(context) ?? unknown(context) ?? [];
  },
});

/** Only what the policy knows is worth keeping: a typing error must be free to be corrected. */
function changed({ subject, object, platform }: RuleContext<Params>): Finding[] | undefined {
  const { old } = subject;
  if (old === undefined || object === old) return undefined;
  const before = declarationOf(old);
  const after = declarationOf(object);
  if (before === undefined || before === after || !platform.components.has(before))
    return undefined;
  const what =
    after === undefined
      ? `(${before}) is removed`
      : `changes from ${before} to ${shownValue(after)}`;
  const finding: Finding = {
    message: `label ${COMPONENT_LABEL} ${what}`,
    fix: `keep ${before}; create a new workload to make it another component`,
    location: after === undefined ? declarationLocation(old) : declarationLocation(object),
    key: `changed:${before}`,
  };
  return [finding];
}

/** What a controller stamps out may carry less than its owner, which was judged itself. */
function missing({ subject, object, platform }: RuleContext<Params>): Finding[] | undefined {
  if (
    subject.byController ||
    declarationOf(object) !== undefined ||
    componentOfKind(platform, object.kind) !== undefined
  ) {
    return undefined;
  }
  const guess = componentOf(platform, object);
  const finding: Finding = {
    message: `label ${COMPONENT_LABEL} is missing`,
    fix: fixFor(guess),
    location: declarationLocation(object),
    key: "missing",
    atMost: "warn",
  };
  return [finding];
}

function fixFor(guess: ComponentClaim | undefined): string {
  if (guess === undefined) return `set it to a component of the policy, or to ${NO_COMPONENT}`;
  const verb = guess.source === "labels" ? "suggest" : "suggests";
  return `set it to ${guess.name} as its ${guess.source} ${verb}, or to ${NO_COMPONENT}`;
}

function unknown({ object, platform, params }: RuleContext<Params>): Finding[] | undefined {
  const name = declarationOf(object);
  if (name === undefined || name === NO_COMPONENT || platform.components.has(name)) {
    return undefined;
  }
  const finding: Finding = {
    message: `component ${shownValue(name)} is not in the policy, no rule knows it`,
    fix: `correct the name, add it to components in the policy, or set ${NO_COMPONENT}`,
    location: declarationLocation(object),
    key: `unknown:${name}`,
    atMost: params.unknown,
  };
  return [finding];
}
