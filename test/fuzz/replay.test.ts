import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadTarget, TARGETS } from "./target.ts";

for (const name of TARGETS) {
  test(`every kept input of the fuzz target ${name} passes`, async () => {
    const folder = fileURLToPath(new URL(`./corpus/${name}`, import.meta.url));
    const target = await loadTarget(name);
    for (const file of readdirSync(folder)) await target.run(readFileSync(join(folder, file)));
  });
}
