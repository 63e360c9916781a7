import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { PRACTICES } from "../src/engine/rule.ts";
import { ROOT } from "./gen/rule-files.ts";
import { allowFixture, denyFixture, ruleSource } from "./gen/rule-template.ts";

// npm run new-rule -- <id> --practice <practice>: one rule file, one allow and one deny fixture.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { practice: { type: "string" } },
});
const [id] = positionals;
const practice = PRACTICES.find((name) => name === values.practice);

if (id === undefined || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id) || practice === undefined) {
  fail(`usage: npm run new-rule -- <kebab-case-id> --practice ${PRACTICES.join("|")}`);
} else {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  scaffold({
    [`src/rules/${practice}/${id}.ts`]: ruleSource(id, practice, version),
    [`test/rules/${id}/allow.example.yaml`]: allowFixture(),
    [`test/rules/${id}/deny.example.yaml`]: denyFixture(),
  });
}

function scaffold(files: Readonly<Record<string, string>>): void {
  const present = Object.keys(files).filter((path) => existsSync(join(ROOT, path)));
  if (present.length > 0) {
    fail(`already there: ${present.join(", ")}`);
    return;
  }
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), content);
    console.log(`wrote ${path}`);
  }
  console.log(
    "next: write the rule and its fixtures, npm run gen,\n" +
      "      UPDATE=1 node --test --test-isolation=none test/rules/rules.test.ts, npm run gen",
  );
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 2;
}
