import { matches } from "../engine/glob.ts";
import { isWeaker, MODES, type Mode } from "../engine/modes.ts";
import type { Rule } from "../engine/rule.ts";
import {
  asObject,
  asString,
  type JsonObject,
  own,
  ownArray,
  ownObject,
  ownString,
} from "../kubernetes/json.ts";
import type { CheckContext } from "./policy-checks.ts";
import { endOfDay } from "./policy-formats.ts";
import type { Path } from "./problem.ts";
import { didYouMean } from "./suggest.ts";

/** Reports what makes an override meaningless or too generous. */
export function checkOverrides(context: CheckContext): void {
  const overrides = ownArray(ownObject(context.user, "spec"), "overrides");
  for (const [index, item] of overrides.entries()) {
    const override = asObject(item);
    if (override !== undefined) checkOverride(context, override, ["spec", "overrides", index]);
  }
}

function checkOverride(context: CheckContext, override: JsonObject, path: Path): void {
  if (["namespaces", "rules", "objects"].every((key) => own(override, key) === undefined)) {
    context.report(path, "names nothing: give it namespaces, rules or objects");
  }
  const ids = context.rules.map(({ id }) => id);
  for (const [at, entry] of ownArray(override, "rules").entries()) {
    const pattern = asString(entry);
    if (pattern === undefined || ids.some((id) => matches(pattern, id))) continue;
    const hint = pattern.includes("*") ? "" : didYouMean(pattern, ids);
    context.report([...path, "rules", at], `matches no rule: ${pattern}${hint}`);
  }
  const mode = MODES.find((known) => known === own(override, "mode"));
  if (mode === undefined || own(override, "until") !== undefined) return;
  const weakened = namedRules(context, override).find((rule) =>
    isWeaker(mode, policyMode(context, rule)),
  );
  if (weakened === undefined) return;
  const than = `${mode} is weaker than ${policyMode(context, weakened)}, the mode of ${weakened.id}`;
  context.report(path, `needs an until date: ${than}`);
}

function namedRules({ rules }: CheckContext, override: JsonObject): readonly Rule[] {
  if (own(override, "rules") === undefined) return rules;
  const patterns = ownArray(override, "rules").flatMap((entry) => asString(entry) ?? []);
  return rules.filter(({ id }) => patterns.some((pattern) => matches(pattern, id)));
}

/** Before any cap: staging does not make an exemption harmless, production will read it too. */
function policyMode({ merged }: CheckContext, rule: Rule): Mode {
  const written = ownObject(ownObject(ownObject(merged, "spec"), "rules"), rule.id);
  return MODES.find((known) => known === own(written, "mode")) ?? rule.mode;
}

/** One sentence for each override whose last day is over. */
export function expiredOverrides(document: JsonObject, now: number): string[] {
  const overrides = ownArray(ownObject(document, "spec"), "overrides");
  return overrides.flatMap((item, index) => {
    const until = ownString(asObject(item), "until") ?? "";
    const end = endOfDay(until);
    if (end === undefined || now <= end) return [];
    return [`spec.overrides[${index}] ended on ${until} and no longer applies: remove it`];
  });
}
