import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { ensurePatchcheck } from "./build.ts";

/** Document and patch are JSON text, so that numbers arrive as they were written. */
export interface PatchCase {
  readonly id: string;
  readonly doc: string;
  readonly patch: string;
}

export interface PatchAnswer {
  readonly id: string;
  readonly ok: boolean;
  /** Where it went wrong; failurePolicy: Ignore softens only "decode". */
  readonly stage?: "input" | "decode" | "apply" | "panic" | "result";
  readonly error?: string;
  /** JSON text of the patched document. */
  readonly result?: string;
}

const RESULT = ',"result":';

function toLine({ id, doc, patch }: PatchCase): string {
  const line = `{"id":${JSON.stringify(id)},"doc":${doc},"patch":${patch}}`;
  // Outside of strings a line break is blank space; inside, JSON has none.
  return `${line.replace(/[\r\n]+/g, " ")}\n`;
}

function toAnswer(line: string): PatchAnswer {
  // Quotes inside a JSON string are escaped, so the first match is the member itself.
  const at = line.indexOf(RESULT);
  if (at < 0) return JSON.parse(line);
  return { ...JSON.parse(`${line.slice(0, at)}}`), result: line.slice(at + RESULT.length, -1) };
}

/** Applies every patch with the API server's own library, in one run of one process. */
export async function checkPatches(cases: readonly PatchCase[]): Promise<PatchAnswer[]> {
  const child = spawn(await ensurePatchcheck(), { stdio: ["pipe", "pipe", "pipe"] });
  const code = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  child.stdin.on("error", () => {});
  child.stdin.end(cases.map(toLine).join(""));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if ((await code) !== 0) throw new Error(`patchcheck failed: ${stderr}`);
  return stdout.trimEnd().split("\n").filter(Boolean).map(toAnswer);
}
