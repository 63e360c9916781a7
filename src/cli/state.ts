import { loadFiles } from "../adapters/files/load.ts";
import type { JsonObject } from "../kubernetes/json.ts";
import { environmentError } from "../usecases/app-error.ts";

/**
 * `--state`: the objects of a file or folder that stand for a cluster. All of it has to be
 * readable, for half a cluster would give wrong answers. Throws AppError.
 */
export function readState(path: string): readonly JsonObject[] {
  const { objects, problems, failures } = loadFiles([path]);
  const flaws = [
    ...failures.map(({ message }) => message),
    ...problems.map(({ file, line, message }) => `${file}:${line}: ${message}`),
  ];
  if (flaws.length === 0) return objects.map(({ object }) => object);
  throw environmentError("state-unreadable", `--state ${path} cannot be used: ${flaws.join("; ")}`);
}
