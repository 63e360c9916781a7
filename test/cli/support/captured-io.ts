import assert from "node:assert/strict";
import { Readable } from "node:stream";
import type { CliIo } from "../../../src/cli/io.ts";

/** A command line's surroundings, with what it wrote. */
export function captured(env: CliIo["env"] = {}) {
  const texts = { stdout: "", stderr: "" };
  const to = (name: keyof typeof texts) => ({
    write: (text: string) => {
      texts[name] += text;
    },
    isTerminal: false,
  });
  const io: CliIo = {
    env,
    stdout: to("stdout"),
    stderr: to("stderr"),
    stdin: Readable.from([]),
    version: "0.0.0",
    onStop: () => () => {},
    uninterrupted: async (steps) => {
      for (const step of steps) step();
    },
    exitNow: (code) => assert.fail(`exit ${code}`),
  };
  return { io, out: () => texts.stdout, err: () => texts.stderr };
}
