import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, ruleFiles } from "./gen/rule-files.ts";

// node scripts/rename-rule.ts <old-id> <new-id>: the rule file, its id, its fixtures and what they
// expect. Docs and index follow by npm run gen. An id is part of the contract with users: policies,
// dashboards and overrides name it, so a shipped one is only renamed with a breaking change.
const [, , from, to] = process.argv;
const file = ruleFiles().find(({ id }) => id === from);

if (from === undefined || to === undefined || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(to)) {
  fail("usage: node scripts/rename-rule.ts <old-id> <new-id>");
} else if (file === undefined) {
  fail(`there is no rule ${from}`);
} else if (ruleFiles().some(({ id }) => id === to)) {
  fail(`there is a rule ${to} already`);
} else {
  rename(file.path, `src/rules/${file.practice}/${to}.ts`);
  replaceIn(`src/rules/${file.practice}/${to}.ts`);
  const fixtures = `test/rules/${from}`;
  if (existsSync(join(ROOT, fixtures))) {
    rename(fixtures, `test/rules/${to}`);
    for (const name of readdirSync(join(ROOT, `test/rules/${to}`))) {
      replaceIn(`test/rules/${to}/${name}`);
    }
  }
  rmSync(join(ROOT, `docs/rules/${from}.md`), { force: true });
  console.log(`next: npm run gen, then look for what else names ${from}: grep -rn ${from} .`);
}

function rename(path: string, target: string): void {
  renameSync(join(ROOT, path), join(ROOT, target));
  console.log(`${path} -> ${target}`);
}

/** Whole ids only: renaming ns-default leaves ns-default-deny alone. */
function replaceIn(path: string): void {
  const text = readFileSync(join(ROOT, path), "utf8");
  const whole = new RegExp(`(?<![a-z0-9-])${from}(?![a-z0-9-])`, "g");
  writeFileSync(join(ROOT, path), text.replaceAll(whole, String(to)));
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 2;
}
