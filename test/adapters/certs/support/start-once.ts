// Run as a process of its own: one stand-alone start on a folder. Prints the fingerprint served.
import { DirectorySource } from "../../../../src/adapters/certs/directory-source.ts";
import { ISSUE } from "./certificates.ts";
import { FakeLogger } from "./fake-logger.ts";

const directory = process.argv[2] ?? "";
const clock = {
  now: () => Date.now(),
  sleep: (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms).unref()),
};
const logger = new FakeLogger();
const source = new DirectorySource({ directory, issue: ISSUE, clock, logger, random: Math.random });
const controller = new AbortController();
await source.start(controller.signal);
console.log(JSON.stringify({ health: source.health(), caBundle: source.current()?.caBundle }));
process.exit(0);
