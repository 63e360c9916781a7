import { stringify } from "yaml";
import type { Mode } from "../../engine/modes.ts";
import { kindWord } from "../../engine/policy.ts";
import type { Rule } from "../../engine/rule.ts";
import { kindInfo } from "../../kubernetes/kinds.ts";

const WEAKER: Readonly<Record<Mode, Mode>> = {
  enforce: "warn",
  warn: "audit",
  audit: "off",
  off: "off",
};

export interface PolicySnippets {
  /** A policy file that makes the rule weaker everywhere, its parameters written out. */
  readonly everywhere: string;
  /** A policy file that makes it weaker for some objects until a day. */
  readonly override: string;
}

/** Ready for `--policy`. `until` is a day: `2027-03-31`. */
export function policySnippets(rule: Rule, until: string): PolicySnippets {
  const mode = WEAKER[rule.mode];
  const params: unknown = rule.params.parse({});
  const setting = Object.keys(params as object).length === 0 ? { mode } : { mode, params };
  const override = { rules: [rule.id], ...matchFor(rule), mode, until, reason: "moves in spring" };
  return {
    everywhere: policyFile({ rules: { [rule.id]: setting } }),
    override: policyFile({ overrides: [override] }),
  };
}

/** Objects without a namespace are named themselves, and files stand for what is no object. */
function matchFor({ targets }: Rule): object {
  const kind = targets[0]?.kinds[0];
  if (kind === undefined) return { objects: ["File/legacy/*"] };
  if (kindInfo(kind)?.namespaced !== false) return { namespaces: ["legacy-*"] };
  return { objects: [`${kindWord(kind)}/legacy-*`] };
}

function policyFile(spec: object): string {
  const head = { apiVersion: "policy.keymate.io/v1alpha1", kind: "PlatformPolicy" };
  return stringify({ ...head, spec }, { flowCollectionPadding: false, lineWidth: 0 });
}
