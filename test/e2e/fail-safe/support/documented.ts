import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../../..", import.meta.url));
const OPERATIONS = readFileSync(`${REPOSITORY}/docs/operations.md`, "utf8");

/** The kubectl commands in the first block below a heading, as people would copy them. */
export function commandsUnder(heading: string): readonly (readonly string[])[] {
  const block = OPERATIONS.split(`# ${heading}\n`)[1]?.split("```")[1] ?? "";
  const commands = [...block.matchAll(/^\$ kubectl (.*)$/gm)].map(([, command = ""]) =>
    command.split(" ").map((word) => word.replace(/^manifests/, `${REPOSITORY}manifests`)),
  );
  assert.ok(commands.length > 0, `no command under "${heading}"`);
  return commands;
}
