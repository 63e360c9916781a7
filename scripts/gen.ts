import { generate } from "./gen/generate.ts";

// npm run gen writes every generated file; --check only names those that are stale.
const mode = process.argv.includes("--check") ? "check" : "write";
const stale = await generate(mode);
if (mode === "write") {
  for (const path of stale) console.log(`wrote ${path}`);
} else if (stale.length > 0) {
  console.error(`stale, run \`npm run gen\`:\n${stale.map((path) => `  ${path}`).join("\n")}`);
  process.exitCode = 1;
}
