import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { INPUTS } from "./support/parameters.ts";

const FUZZER = join(import.meta.dirname, "../fuzz/main.ts");
/** For all of them; what is not done by then does not count. */
const SECONDS = 240;
/** Between the second and the last quarter of a run that holds on to nothing. */
const MOST_GROWTH_MIB = 48;

const LINE =
  /^admission: \d+ inputs with coverage \(.*\), then (\d+) at \d+\/s, seed \d+, RSS MiB (\d+) (\d+) (\d+) (\d+)$/m;

test("row 25: a million inputs on the endpoint end in no crash, no 5xx, no invalid answer and no growth", async (t) => {
  const args = [FUZZER, "admission", "--inputs", `${INPUTS}`, "--seconds", `${SECONDS}`];
  // Rejects when the fuzzer met a crash, with its words.
  const { stdout } = await promisify(execFile)(process.execPath, args);
  t.diagnostic(stdout.trim());
  const [, inputs, , half, , whole] = (LINE.exec(stdout) ?? []).map(Number);
  assert(inputs !== undefined && inputs >= INPUTS, stdout);
  assert(half !== undefined && whole !== undefined && whole - half < MOST_GROWTH_MIB, stdout);
});
