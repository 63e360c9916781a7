import { isMap, isScalar, parseDocument } from "yaml";
import type { Rule } from "../engine/rule.ts";
import { jsonEqual } from "../kubernetes/equality.ts";
import { asObject, type JsonObject } from "../kubernetes/json.ts";
import { DEFAULT_POLICY } from "./default-policy.ts";
import type { PolicyDocument } from "./policy-schema.ts";
import { setContents } from "./yaml-edit.ts";

/**
 * The effective policy as YAML text: the comments of the embedded document, every rule with its
 * mode and parameters. A valid policy of the same meaning, complete in itself.
 */
export function showPolicy(document: PolicyDocument, rules: readonly Rule[]): string {
  const page = parseDocument(DEFAULT_POLICY);
  const spec = document.spec ?? {};
  const shown = {
    ...document,
    spec: { extends: "none", ...spec, rules: effectiveRules(spec.rules, rules) },
  };
  setContents(page, shown);
  const rulesNode = page.getIn(["spec", "rules"]);
  if (isMap(rulesNode)) {
    for (const pair of rulesNode.items) {
      const rule = rules.find(({ id }) => isScalar(pair.key) && pair.key.value === id);
      if (rule !== undefined && isScalar(pair.key)) pair.key.commentBefore = ` ${rule.title}`;
    }
  }
  return page.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function effectiveRules(
  written: NonNullable<PolicyDocument["spec"]>["rules"],
  rules: readonly Rule[],
): JsonObject {
  return Object.fromEntries(
    rules.map((rule) => {
      const entry = written?.[rule.id];
      const params = effectiveParams(rule, entry?.params ?? {});
      const mode = entry?.mode ?? rule.mode;
      return [rule.id, Object.keys(params).length === 0 ? { mode } : { mode, params }];
    }),
  );
}

/** With the rule's own defaults, unless it turns what is written into something else. */
function effectiveParams(rule: Rule, written: JsonObject): JsonObject {
  const parsed = asObject(rule.params.parse(written)) ?? {};
  const again = rule.params.safeParse(parsed);
  const isStable = again.success && jsonEqual(again.data, parsed);
  return isStable ? jsonOnly(parsed) : written;
}

/** Drops what YAML would have to invent words for: undefined. */
function jsonOnly(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined));
}
