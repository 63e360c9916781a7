import { GENERATED, type Generator } from "./artifact.ts";
import { examplesOf } from "./examples.ts";
import { loadRules } from "./rule-files.ts";

/** The fixtures that `rules ID` shows: the package has no tests to read them from. */
export const ruleExamples: Generator = {
  name: "rule examples",
  async files() {
    const rules = await loadRules();
    const entries = rules.map(
      (rule) => `  ${JSON.stringify(rule.id)}: ${JSON.stringify(examplesOf(rule))},`,
    );
    const lines = [
      `// ${GENERATED}.`,
      'import type { RuleExamples } from "./example.ts";',
      "",
      "export const EXAMPLES: Readonly<Record<string, RuleExamples>> = {",
      ...entries,
      "};",
    ];
    return new Map([["src/cli/rules/examples.ts", `${lines.join("\n")}\n`]]);
  },
};
