import { type JsonObject, ownObject } from "../../kubernetes/json.ts";
import { resourceVersionOf } from "../../kubernetes/object.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import type {
  SecretChange,
  SecretSnapshot,
  SecretStore,
  WriteResult,
} from "../../usecases/ports/secret-store.ts";
import type { ApiResponse, Connection } from "./api-client.ts";
import { singleObject } from "./collection.ts";
import { answerError, KubeError, parseObject } from "./kube-error.ts";
import { ObjectStore } from "./object-store.ts";
import { Reflector } from "./reflector.ts";

export interface SecretStoreOptions {
  readonly connection: Connection;
  readonly namespace: string;
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}

/** One Secret by raw API. Needs get, list, watch and patch on this one name. */
export function createSecretStore(options: SecretStoreOptions): SecretStore {
  const { connection, namespace, name } = options;
  const folder = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  const path = `${folder}/${encodeURIComponent(name)}`;
  const description = `secret ${namespace}/${name}`;
  return {
    description,
    async read() {
      const answer = await connection.request({ method: "GET", path });
      if (answer.status === 404) return undefined;
      if (answer.status !== 200) throw answerError(answer, "get", description);
      return snapshotOf(answer, description);
    },
    async write(change, resourceVersion): Promise<WriteResult> {
      const answer = await connection.request({
        method: "PATCH",
        path,
        headers: { "content-type": "application/merge-patch+json" },
        query: { fieldManager: "keymate-guard" },
        body: JSON.stringify(patchOf(change, resourceVersion)),
      });
      if (answer.status === 409) return { outcome: "conflict" };
      if (answer.status === 404) return { outcome: "absent" };
      if (answer.status !== 200) throw answerError(answer, "patch", description);
      return { outcome: "written", secret: snapshotOf(answer, description) };
    },
    watch(onChange, signal) {
      const { clock, logger, random } = options;
      const collection = singleObject(folder, description, name);
      const sink = new SingleSecret((secret) => {
        try {
          onChange(secret);
        } catch (error) {
          logger.error({ error, collection: description }, "secret listener failed");
        }
      });
      const project = (object: JsonObject) => object;
      const reflector = { connection, collection, project, sink, clock, logger, random };
      void new Reflector(reflector).run(signal);
    },
  };
}

/** Calls back for the first state, present or not, and for each difference after it. */
class SingleSecret {
  readonly #onChange: (secret: SecretSnapshot | undefined) => void;
  readonly #store: ObjectStore;
  #listed = false;

  constructor(onChange: (secret: SecretSnapshot | undefined) => void) {
    this.#onChange = onChange;
    this.#store = new ObjectStore(({ type, object }) =>
      onChange(type === "set" ? toSnapshot(object) : undefined),
    );
  }

  replace(objects: readonly JsonObject[]): void {
    if (!this.#listed && objects.length === 0) this.#onChange(undefined);
    this.#listed = true;
    this.#store.replace(objects);
  }

  set(object: JsonObject): void {
    this.#store.set(object);
  }

  delete(object: JsonObject): void {
    this.#store.delete(object);
  }
}

function patchOf(change: SecretChange, resourceVersion: string): JsonObject {
  const data = Object.entries(change.data).map(([key, value]) => [
    key,
    Buffer.from(value, "utf8").toString("base64"),
  ]);
  return {
    // With it, the API server refuses the patch when somebody wrote in between.
    metadata: { resourceVersion, annotations: change.annotations },
    data: Object.fromEntries(data),
  };
}

function snapshotOf(answer: ApiResponse, description: string): SecretSnapshot {
  const secret = parseObject(answer.body);
  if (secret === undefined) {
    throw new KubeError("garbled", `cannot read ${description}: the answer is not a Secret`);
  }
  return toSnapshot(secret);
}

function toSnapshot(secret: JsonObject): SecretSnapshot {
  const metadata = ownObject(secret, "metadata");
  const data = Object.entries(strings(ownObject(secret, "data"))).map(([key, value]) => [
    key,
    Buffer.from(value, "base64").toString("utf8"),
  ]);
  return {
    resourceVersion: resourceVersionOf(secret),
    annotations: strings(ownObject(metadata, "annotations")),
    labels: strings(ownObject(metadata, "labels")),
    data: Object.fromEntries(data),
  };
}

function strings(map: JsonObject | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(map ?? {}).filter((entry): entry is [string, string] => {
      return typeof entry[1] === "string";
    }),
  );
}
