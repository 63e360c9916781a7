#!/usr/bin/env node
// No static imports: this file has to run on any Node, to say which one is needed.
const OLDEST = 24;

if (Number(process.versions.node.split(".")[0]) < OLDEST) {
  process.stderr.write(
    `keymate-guard needs Node ${OLDEST} or newer, and this is ${process.version}: install it from nodejs.org or run "npx node@26" in front\n`,
  );
  process.exitCode = 3;
} else {
  await import("./main.ts");
}
