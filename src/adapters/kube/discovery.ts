import { dig, type JsonObject, ownArray } from "../../kubernetes/json.ts";
import { type KindInfo, versionsOf } from "../../kubernetes/kinds.ts";
import type { Connection } from "./api-client.ts";
import { answerError, KubeError, parseObject } from "./kube-error.ts";

/** What the API server serves; each question is asked once. */
export class Discovery {
  readonly #connection: Connection;
  readonly #signal: AbortSignal;
  readonly #answers = new Map<string, Promise<JsonObject | undefined>>();

  constructor(connection: Connection, signal: AbortSignal) {
    this.#connection = connection;
    this.#signal = signal;
  }

  /**
   * The version of a kind to read, undefined where the cluster has no such kind. Throws KubeError:
   * `other-version` where it is served only in versions that we cannot read.
   */
  async versionOf(kind: KindInfo): Promise<string | undefined> {
    const served = await this.#versionsServed(kind.group);
    const known = versionsOf(kind);
    for (const version of known.filter((one) => served.includes(one))) {
      if (await this.#serves(kind, version)) return version;
    }
    for (const version of served.filter((one) => !known.includes(one))) {
      if (await this.#serves(kind, version)) throw otherVersion(kind, version);
    }
    return undefined;
  }

  async #versionsServed(group: string): Promise<readonly string[]> {
    if (group === "") return ["v1"];
    const groups = await this.#get("/apis");
    if (groups === undefined) throw noDiscovery("/apis");
    const entry = ownArray(groups, "groups").find((one) => dig(one, "name") === group);
    const versions = ownArray(entry as JsonObject | undefined, "versions");
    return versions.map((one) => dig(one, "version")).filter((one) => typeof one === "string");
  }

  async #serves({ group, plural }: KindInfo, version: string): Promise<boolean> {
    const path = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
    const resources = await this.#get(path);
    if (resources === undefined && group === "") throw noDiscovery(path);
    return ownArray(resources, "resources").some((one) => dig(one, "name") === plural);
  }

  #get(path: string): Promise<JsonObject | undefined> {
    const known = this.#answers.get(path) ?? this.#ask(path);
    this.#answers.set(path, known);
    return known;
  }

  /** undefined for 404: a version that has just gone. */
  async #ask(path: string): Promise<JsonObject | undefined> {
    const answer = await this.#connection.request({ method: "GET", path, signal: this.#signal });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw answerError(answer, "get", path);
    const object = parseObject(answer.body);
    if (object === undefined) {
      throw new KubeError("garbled", `cannot get ${path}: the answer is not JSON`);
    }
    return object;
  }
}

function otherVersion({ plural, group, version }: KindInfo, served: string): KubeError {
  const text = `${plural}.${group} is served as ${served}, not as ${version}; upgrade the operator that brings it, or the guard`;
  return new KubeError("other-version", text);
}

function noDiscovery(place: string): KubeError {
  const text = `${place} is not found, which an API server always has; check what stands between it and the guard`;
  return new KubeError("server-error", text);
}
