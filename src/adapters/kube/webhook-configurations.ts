import {
  asObject,
  dig,
  type JsonObject,
  ownArray,
  ownObject,
  ownString,
} from "../../kubernetes/json.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import type { Connection } from "./api-client.ts";
import { ConfigurationKeeper } from "./configuration-keeper.ts";
import type { WebhookEntry } from "./webhook-diff.ts";

export interface DesiredWebhooks {
  readonly mutating: readonly WebhookEntry[];
  readonly validating: readonly WebhookEntry[];
}

export interface WebhookWriterOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  /** Name of both configurations and of the field manager; default keymate-guard. */
  readonly name?: string;
  /** Hears of each change of `inSync`, `lastError` or the live entries; must not throw. */
  readonly onChange?: () => void;
}

/** One entry as the API server has it. */
export interface LiveWebhook {
  readonly configuration: "mutating" | "validating";
  readonly name: string;
  /** PEM; "" when blank. */
  readonly caBundle: string;
  readonly failurePolicy: string;
}

/**
 * Keeps the entries of both webhook configurations as desired, by server-side apply. A
 * configuration that does not exist is never created: deleting it is the emergency exit.
 * Needs get, list, watch and patch on the two names.
 */
export class WebhookWriter {
  readonly #mutating: ConfigurationKeeper;
  readonly #validating: ConfigurationKeeper;
  readonly #logger: Logger;
  #refused: string | undefined;

  constructor(options: WebhookWriterOptions) {
    const shared = { name: "keymate-guard", onChange: () => {}, ...options };
    this.#logger = options.logger;
    this.#mutating = new ConfigurationKeeper({
      ...shared,
      kind: "MutatingWebhookConfiguration",
      plural: "mutatingwebhookconfigurations",
    });
    this.#validating = new ConfigurationKeeper({
      ...shared,
      kind: "ValidatingWebhookConfiguration",
      plural: "validatingwebhookconfigurations",
    });
  }

  /** Starts to watch and repair; ends with the signal. */
  start(signal: AbortSignal): void {
    this.#mutating.start(signal);
    this.#validating.start(signal);
  }

  /**
   * What the configurations are to hold from now on; until the first call nothing is written.
   * An entry without a name or with an empty caBundle refuses the whole call, see `lastError`.
   */
  setDesired(desired: DesiredWebhooks): void {
    const refused = [...desired.mutating, ...desired.validating].map(flaw).find(Boolean);
    if (refused !== undefined && refused !== this.#refused) {
      this.#logger.error({ problem: refused }, "webhook entries refused");
    }
    this.#refused = refused;
    if (refused !== undefined) return;
    this.#mutating.setDesired(desired.mutating);
    this.#validating.setDesired(desired.validating);
  }

  /** Whether each configuration that exists holds what is desired. False until both are known. */
  get inSync(): boolean {
    return this.#refused === undefined && this.#mutating.inSync && this.#validating.inSync;
  }

  get lastError(): string | undefined {
    return this.#refused ?? this.#mutating.lastError ?? this.#validating.lastError;
  }

  /** How often each configuration was written since the start. */
  writes() {
    return [
      { configuration: "mutating", outcomes: this.#mutating.writes },
      { configuration: "validating", outcomes: this.#validating.writes },
    ];
  }

  /** Reads both now; rejects with KubeError when one cannot be read. */
  async readBack(): Promise<void> {
    await Promise.all([this.#mutating.readBack(), this.#validating.readBack()]);
  }

  /** All entries that the API server has, ours or not; undefined until both are known. */
  live(): readonly LiveWebhook[] | undefined {
    const mutating = this.#mutating.live();
    const validating = this.#validating.live();
    if (mutating === undefined || validating === undefined) return undefined;
    return [...entriesOf(mutating, "mutating"), ...entriesOf(validating, "validating")];
  }

  /** The validating entries alone; undefined until known. */
  validating(): readonly LiveWebhook[] | "absent" | undefined {
    const live = this.#validating.live();
    return live === undefined || live === "absent" ? live : entriesOf(live, "validating");
  }

  /** Which of the two configurations exist; undefined until both are known. */
  existing(): readonly ("mutating" | "validating")[] | undefined {
    const mutating = this.#mutating.live();
    const validating = this.#validating.live();
    if (mutating === undefined || validating === undefined) return undefined;
    return [
      ...(mutating === "absent" ? [] : (["mutating"] as const)),
      ...(validating === "absent" ? [] : (["validating"] as const)),
    ];
  }
}

function entriesOf(
  live: JsonObject | "absent",
  configuration: LiveWebhook["configuration"],
): readonly LiveWebhook[] {
  return live === "absent"
    ? []
    : ownArray(live, "webhooks").map((entry) => {
        const [name, bundle] = [dig(entry, "name"), dig(entry, "clientConfig", "caBundle")];
        return {
          configuration,
          name: typeof name === "string" ? name : "",
          caBundle: typeof bundle === "string" ? Buffer.from(bundle, "base64").toString() : "",
          failurePolicy: ownString(asObject(entry), "failurePolicy") ?? "",
        };
      });
}

function flaw(entry: WebhookEntry): string | undefined {
  const name = dig(entry, "name");
  if (typeof name !== "string" || name === "") return "a webhook entry has no name";
  const bundle = dig(ownObject(entry, "clientConfig"), "caBundle");
  return typeof bundle === "string" && bundle.trim() !== ""
    ? undefined
    : `webhook entry ${name} has no caBundle`;
}
