import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { deployment } from "../reviews/deployment.ts";
import type { Arm } from "../support/arm.ts";
import { BIN } from "../support/guard.ts";
import { nodeAlone, oneShot } from "../support/one-shot.ts";
import { median, short } from "../support/stats.ts";

const FILES = 50;
const OBJECTS_PER_FILE = 20;
const TARGET_MS = 2_000;

/** `keymate-guard check` from process start to exit: one small manifest, and a large repository. */
export const check: Arm = async ({ dir, quick }) => {
  const file = join(dir, "deployment.yaml");
  writeFileSync(file, JSON.stringify(object(0, true), null, 2));
  const folder = repository(dir);
  const times: Record<string, number[]> = { node: [], small: [], large: [], sarif: [] };
  for (let round = 0; round < (quick ? 3 : 20); round++) {
    times["node"]?.push(nodeAlone());
    times["small"]?.push(oneShot([BIN, "check", "--fail-on", "never", file]));
    times["large"]?.push(oneShot([BIN, "check", "--fail-on", "never", folder]));
    times["sarif"]?.push(
      oneShot([BIN, "check", "--fail-on", "never", folder, "--format", "sarif"]),
    );
  }
  const row = (name: string, key: string) => {
    const all = times[key] ?? [];
    return [name, short(Math.min(...all)), short(median(all)), short(Math.max(...all))];
  };
  const many = `${FILES * OBJECTS_PER_FILE} objects in ${FILES} files`;
  const large = median(times["large"] ?? []);
  return {
    title: "check, process start to exit, ms",
    columns: ["what", "fastest", "median", "slowest"],
    rows: [
      row("node -e 0", "node"),
      row("keymate-guard check, one small file", "small"),
      row(`keymate-guard check, ${many}`, "large"),
      row(`the same with --format sarif`, "sarif"),
    ],
    targets: [{ text: `check of ${many}, median below ${TARGET_MS} ms`, met: large < TARGET_MS }],
    raw: times,
  };
};

/** Half of its objects lack what the rules ask for. */
function repository(dir: string): string {
  const folder = join(dir, "repository");
  mkdirSync(folder);
  for (let file = 0; file < FILES; file++) {
    const documents = Array.from({ length: OBJECTS_PER_FILE }, (_, index) =>
      stringify(object(file * OBJECTS_PER_FILE + index, index % 2 === 0), {
        aliasDuplicateObjects: false,
      }),
    );
    writeFileSync(join(folder, `${file}.yaml`), documents.join("---\n"));
  }
  return folder;
}

function object(index: number, compliant: boolean): object {
  return deployment({ compliant, namespace: "platform-application", name: `orders-${index}` });
}
