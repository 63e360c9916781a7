import { GENERATED, type Generator } from "./artifact.ts";
import { type RuleFile, ruleFiles } from "./rule-files.ts";

const LINE_WIDTH = 100;

/** src/rules/index.ts: every rule, by practice in the guide's order, then by id. */
export const ruleIndex: Generator = {
  name: "rule index",
  async files() {
    const files = ruleFiles();
    const imports = [...files].sort((a, b) => (importPath(a) < importPath(b) ? -1 : 1));
    const text = [
      `// ${GENERATED}.`,
      'import type { Rule } from "../engine/rule.ts";',
      ...imports.map((file) => `import ${identifier(file.id)} from "${importPath(file)}";`),
      "",
      "/** Every rule, by practice in the guide's order, then by id. */",
      ...listOf(files.map(({ id }) => identifier(id))),
      "",
    ];
    return new Map([["src/rules/index.ts", text.join("\n")]]);
  },
};

/** As the formatter would lay it out. */
function listOf(names: readonly string[]): string[] {
  const head = "export const RULES: readonly Rule[] = [";
  const line = `${head}${names.join(", ")}];`;
  return line.length <= LINE_WIDTH ? [line] : [head, ...names.map((name) => `  ${name},`), "];"];
}

function importPath({ practice, id }: RuleFile): string {
  return `./${practice}/${id}.ts`;
}

/** `nsDefault` of `ns-default`. */
function identifier(id: string): string {
  return id.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
