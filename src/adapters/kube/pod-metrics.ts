import { asObject, type JsonObject, ownArray } from "../../kubernetes/json.ts";
import type { Connection } from "./api-client.ts";
import { parseObject } from "./kube-error.ts";

const PATH = "/apis/metrics.k8s.io/v1beta1/pods";
/** A cluster without a metrics server rarely gets one. */
const RETRY_MS = 300_000;

/** What Pods use at this moment, where somebody measures it. There is nothing to watch. */
export class PodMetricsReader {
  readonly #connection: Connection;
  readonly #monotonic: () => number;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(connection: Connection, monotonic: () => number) {
    this.#connection = connection;
    this.#monotonic = monotonic;
  }

  /** undefined where nobody measures it, or not for us. Throws KubeError without an answer. */
  async read(signal: AbortSignal): Promise<readonly JsonObject[] | undefined> {
    if (this.#monotonic() < this.#notBefore) return undefined;
    const answer = await this.#connection.request({ method: "GET", path: PATH, signal });
    if (answer.status !== 200) {
      this.#notBefore = this.#monotonic() + RETRY_MS;
      return undefined;
    }
    return ownArray(parseObject(answer.body), "items")
      .map(asObject)
      .filter((item) => item !== undefined);
  }
}
