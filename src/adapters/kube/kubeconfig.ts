import { readFile } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, resolve } from "node:path";
import { parse } from "yaml";
import {
  asObject,
  type JsonObject,
  ownArray,
  ownObject,
  ownString,
} from "../../kubernetes/json.ts";
import { KubeError } from "./kube-error.ts";

export interface KubeconfigFile {
  readonly currentContext: string | undefined;
  readonly contexts: readonly JsonObject[];
  readonly clusters: readonly JsonObject[];
  readonly users: readonly JsonObject[];
}

/**
 * Reads one kubeconfig, or several separated as in KUBECONFIG; of entries with one name the first
 * wins. Paths inside come back absolute. Throws KubeError `kubeconfig`.
 */
export async function readKubeconfig(paths: string): Promise<KubeconfigFile> {
  const files: { path: string; document: JsonObject }[] = [];
  let missing: unknown;
  for (const path of paths.split(delimiter).filter((entry) => entry !== "")) {
    const text = await readFile(path, "utf8").catch((error: unknown) => {
      missing = error;
    });
    if (text !== undefined) files.push({ path, document: parseFile(path, text) });
  }
  if (files.length === 0) {
    throw new KubeError(
      "kubeconfig",
      `kubeconfig ${paths} cannot be read; name a readable file by --kubeconfig`,
      { cause: missing },
    );
  }
  return {
    currentContext: files
      .map((file) => ownString(file.document, "current-context"))
      .find((name) => name !== undefined && name !== ""),
    contexts: entries(files, "contexts"),
    clusters: entries(files, "clusters"),
    users: entries(files, "users"),
  };
}

function parseFile(path: string, text: string): JsonObject {
  try {
    const document = asObject(parse(text));
    if (document !== undefined) return document;
  } catch (cause) {
    throw new KubeError("kubeconfig", `kubeconfig ${path} is not YAML; repair the file`, { cause });
  }
  throw new KubeError("kubeconfig", `kubeconfig ${path} holds no settings; repair the file`);
}

function entries(
  files: readonly { path: string; document: JsonObject }[],
  list: string,
): readonly JsonObject[] {
  return files.flatMap((file) =>
    ownArray(file.document, list)
      .map(asObject)
      .filter((entry) => entry !== undefined)
      .map((entry) => withAbsolutePaths(entry, dirname(resolve(file.path)))),
  );
}

const pathKeys = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];

function withAbsolutePaths(entry: JsonObject, folder: string): JsonObject {
  const user = ownObject(entry, "user");
  const cluster = ownObject(entry, "cluster");
  return {
    ...entry,
    ...(cluster === undefined ? {} : { cluster: absolute(cluster, folder) }),
    ...(user === undefined ? {} : { user: login(absolute(user, folder), folder) }),
  };
}

function absolute(settings: JsonObject, folder: string): JsonObject {
  const result: Record<string, unknown> = { ...settings };
  for (const key of pathKeys) {
    const path = ownString(settings, key);
    if (path !== undefined && path !== "") result[key] = resolve(folder, path);
  }
  return result;
}

function login(user: JsonObject, folder: string): JsonObject {
  const exec = ownObject(user, "exec");
  const command = ownString(exec, "command");
  const tokenFile = ownString(user, "tokenFile");
  return {
    ...user,
    // A bare word is looked up in PATH; anything else is relative to the file, as for kubectl.
    ...(command?.includes("/") && !isAbsolute(command)
      ? { exec: { ...exec, command: resolve(folder, command) } }
      : {}),
    // client-node does not know this key of kubectl's, but it knows the in-cluster form.
    ...(tokenFile !== undefined && ownString(user, "token") === undefined
      ? { "auth-provider": { name: "tokenFile", config: { tokenFile } } }
      : {}),
  };
}
