import { isDeepStrictEqual } from "node:util";
import { asObject, type JsonObject, own, ownArray, ownString } from "../../kubernetes/json.ts";
import { labelsOf, nameOf, namespaceOf, resourceVersionOf } from "../../kubernetes/object.ts";
import {
  FLAVOURS,
  type FlavourInfo,
  REPORT_LABELS,
  REPORT_NAME,
  type ReportFlavour,
} from "../../usecases/policy-reports.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import type { ApiRequest, Connection } from "./api-client.ts";
import { listPages } from "./collection.ts";
import { answerError } from "./kube-error.ts";

export interface ReportWriterOptions {
  readonly connection: Connection;
  readonly flavour: ReportFlavour;
  readonly logger: Logger;
}

interface Known {
  readonly content: JsonObject;
  readonly version: string;
}

const JSON_TYPE = { "content-type": "application/json" };

/** Keeps the reports in the cluster like those of the last pass; writes what has changed, only. */
export class ReportWriter {
  readonly #options: ReportWriterOptions;
  readonly #info: FlavourInfo;
  /** By namespace; undefined until the cluster has been asked once. */
  #known: Map<string, Known> | undefined;
  #problem: string | undefined;

  constructor(options: ReportWriterOptions) {
    this.#options = options;
    this.#info = FLAVOURS[options.flavour];
  }

  /** Never throws: an audit without its reports is still an audit. */
  async write(reports: readonly JsonObject[], signal: AbortSignal): Promise<void> {
    try {
      const known = this.#known ?? (await this.#read(signal));
      this.#known = known;
      const gone = new Set(known.keys());
      for (const report of reports) {
        const namespace = namespaceOf(report) ?? "";
        gone.delete(namespace);
        await this.#put(known, namespace, report, signal);
      }
      for (const namespace of gone) await this.#delete(known, namespace, signal);
      this.#problem = undefined;
    } catch (error) {
      // Somebody else may have changed them: they are read again.
      this.#known = undefined;
      const problem = error instanceof Error ? error.message : String(error);
      if (signal.aborted || problem === this.#problem) return;
      this.#problem = problem;
      this.#options.logger.warn({ problem }, "reports not written");
    }
  }

  async #read(signal: AbortSignal): Promise<Map<string, Known>> {
    const known = new Map<string, Known>();
    for (const plural of [this.#info.namespaced.plural, this.#info.clusterWide.plural]) {
      const { group, version } = this.#info;
      const collection = {
        path: `/apis/${group}/${version}/${plural}`,
        what: `${plural}.${group}`,
        fieldSelector: `metadata.name=${REPORT_NAME}`,
      };
      const pages = listPages(this.#options.connection, collection, signal);
      for await (const { items } of pages) {
        for (const item of items.filter(isOurs)) known.set(namespaceOf(item) ?? "", knownOf(item));
      }
    }
    return known;
  }

  async #put(
    known: Map<string, Known>,
    namespace: string,
    report: JsonObject,
    signal: AbortSignal,
  ): Promise<void> {
    const before = known.get(namespace);
    if (before !== undefined && isDeepStrictEqual(before.content, contentOf(report))) return;
    const metadata = { ...(report["metadata"] as JsonObject) };
    const isNew = before === undefined;
    const versioned = isNew ? metadata : { ...metadata, resourceVersion: before.version };
    const answer = await this.#call({
      method: isNew ? "POST" : "PUT",
      path: this.#path(namespace, isNew ? "" : REPORT_NAME),
      headers: JSON_TYPE,
      body: JSON.stringify({ ...report, metadata: versioned }),
      signal,
    });
    // The namespace is on its way out.
    if (answer.status === 404 || answer.status === 403) {
      if (isTerminating(answer.body)) return;
    }
    if (answer.status !== 200 && answer.status !== 201) {
      throw answerError(answer, isNew ? "create" : "update", this.#what(namespace));
    }
    known.set(namespace, knownOf(asObject(JSON.parse(answer.body)) ?? {}));
  }

  async #delete(known: Map<string, Known>, namespace: string, signal: AbortSignal): Promise<void> {
    const path = this.#path(namespace, REPORT_NAME);
    const answer = await this.#call({ method: "DELETE", path, signal });
    if (answer.status !== 200 && answer.status !== 404) {
      throw answerError(answer, "delete", this.#what(namespace));
    }
    known.delete(namespace);
  }

  #call(request: ApiRequest) {
    const query = { fieldManager: "keymate-guard" };
    return this.#options.connection.request(
      request.method === "DELETE" ? request : { ...request, query },
    );
  }

  #path(namespace: string, name: string): string {
    const { group, version, namespaced, clusterWide } = this.#info;
    const folder =
      namespace === ""
        ? clusterWide.plural
        : `namespaces/${encodeURIComponent(namespace)}/${namespaced.plural}`;
    return `/apis/${group}/${version}/${folder}${name === "" ? "" : `/${name}`}`;
  }

  #what(namespace: string): string {
    const { group, namespaced, clusterWide } = this.#info;
    const plural = namespace === "" ? clusterWide.plural : namespaced.plural;
    return `${plural}.${group} ${namespace === "" ? "" : `${namespace}/`}${REPORT_NAME}`;
  }
}

/** Of a namesake that somebody else has made nothing is touched. */
function isOurs(object: JsonObject): boolean {
  const key = "app.kubernetes.io/managed-by";
  return nameOf(object) === REPORT_NAME && labelsOf(object)?.[key] === REPORT_LABELS[key];
}

function isTerminating(body: string): boolean {
  const status = asObject(JSON.parse(body));
  return ownArray(asObject(own(status, "details")), "causes").some(
    (cause) => ownString(asObject(cause), "reason") === "NamespaceTerminating",
  );
}

function knownOf(object: JsonObject): Known {
  return { content: contentOf(object), version: resourceVersionOf(object) ?? "" };
}

function contentOf({ summary, results }: JsonObject): JsonObject {
  return { summary, results };
}
