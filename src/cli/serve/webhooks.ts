import { CallerTrust } from "../../adapters/certs/caller-trust.ts";
import { SharedBundle } from "../../adapters/certs/shared-bundle.ts";
import type { WebhookWriter } from "../../adapters/kube/webhook-configurations.ts";
import type { Policy } from "../../engine/policy.ts";
import type { CertificateSource } from "../../usecases/ports/certificate-source.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import { ENTRY_SUFFIX, webhookEntries } from "../../usecases/webhooks/entries.ts";
import type { Place } from "./place.ts";

/** Seconds that the API server waits; our own deadline lies a fifth below. */
export const MUTATE_TIMEOUT_SECONDS = 3;
export const VALIDATE_TIMEOUT_SECONDS = 5;

export interface WebhookDeps {
  readonly place: Place;
  readonly servicePort: number;
  readonly source: CertificateSource;
  readonly policy: () => Policy;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  /**
   * How long to go on publishing CAs of others: set where each replica gets its certificate in its
   * own time.
   */
  readonly keepOthersMs?: number | undefined;
}

/** How often to look at least whether a CA of others may go. */
const OTHERS_LOOK_MS = 60_000;

/** The guard's own webhook entries: written once it is ready, kept as they should be ever after. */
export class ManagedWebhooks {
  readonly #deps: WebhookDeps;
  readonly #writer: WebhookWriter;
  readonly #shared: SharedBundle | undefined;
  readonly #trust: CallerTrust;
  #open = false;
  #wasInSync = false;

  private constructor(deps: WebhookDeps, writer: WebhookWriter) {
    this.#deps = deps;
    this.#writer = writer;
    const { clock, keepOthersMs: keepMs, source } = deps;
    this.#trust = new CallerTrust({ clock, shared: source.shared });
    source.shared?.onConfirmed(() => this.refresh());
    this.#shared = keepMs === undefined ? undefined : new SharedBundle({ clock, keepMs });
  }

  /** undefined where the entries are somebody else's to write. */
  static async create(deps: WebhookDeps): Promise<ManagedWebhooks | undefined> {
    const { connection, managesWebhooks } = deps.place;
    if (connection === undefined || !managesWebhooks) return undefined;
    const { WebhookWriter } = await import("../../adapters/kube/webhook-configurations.ts");
    const { clock, logger, random } = deps;
    let managed: ManagedWebhooks | undefined;
    const onChange = () => managed?.refresh();
    const writer = new WebhookWriter({ connection, clock, logger, random, onChange });
    managed = new ManagedWebhooks(deps, writer);
    return managed;
  }

  start(signal: AbortSignal): void {
    this.#writer.start(signal);
    void this.#dropOthers(signal);
  }

  async #dropOthers(signal: AbortSignal): Promise<void> {
    const { clock, keepOthersMs } = this.#deps;
    if (keepOthersMs === undefined) return;
    while (!signal.aborted) {
      await clock.sleep(Math.min(OTHERS_LOOK_MS, keepOthersMs / 4), signal);
      if (!signal.aborted) this.refresh();
    }
  }

  /** From now on reviews may come; before the first call nothing is written. */
  open(): void {
    this.#open = true;
    this.refresh();
  }

  /** After a change of policy or certificate, or of what is live. */
  refresh(): void {
    const { place, servicePort: port, source, policy } = this.#deps;
    this.#trust.observe(this.#liveBundles());
    const certificate = source.current();
    if (!this.#open || certificate === undefined) return;
    const caBundle = Buffer.from(this.#bundle(certificate.caBundle)).toString("base64");
    const service = { name: "keymate-guard", namespace: place.namespace, port };
    const entries = webhookEntries(policy(), {
      client: { service, caBundle },
      excluded: [place.namespace, ...policy().excludedNamespaces],
      mutateTimeoutSeconds: MUTATE_TIMEOUT_SECONDS,
      validateTimeoutSeconds: VALIDATE_TIMEOUT_SECONDS,
    });
    this.#writer.setDesired({
      mutating: entries.mutating.map((entry) => ({ ...entry })),
      validating: entries.validating.map((entry) => ({ ...entry })),
    });
  }

  #bundle(own: string): string {
    // Without a CA of our own an entry would be trusted by nobody: that is refused and told.
    if (own === "") return own;
    if (this.#shared === undefined) return this.#trust.bundle(own);
    return this.#shared.merge(own, this.#liveBundles() ?? []);
  }

  #liveBundles(): readonly string[] | undefined {
    // Entries that somebody else put there are none of our callers.
    const entries = this.#writer.live()?.filter(({ name }) => name.endsWith(ENTRY_SUFFIX));
    return entries?.map(({ caBundle }) => caBundle);
  }

  get inSync(): boolean {
    return this.#writer.inSync;
  }

  /** How often each configuration was written since the start. */
  writes(): ReturnType<WebhookWriter["writes"]> {
    return this.#writer.writes();
  }

  /** Latched: a later mismatch is repaired and shown as a metric, but takes no replica away. */
  readiness(): { readonly ok: boolean; readonly detail: string } {
    const existing = this.#writer.existing();
    if (existing !== undefined && existing.length === 0) {
      return {
        ok: true,
        detail: "the webhook configurations do not exist, nothing is intercepted",
      };
    }
    this.#wasInSync ||= this.#open && this.#writer.inSync;
    if (this.#wasInSync) return { ok: true, detail: "webhook entries were written" };
    const problem = this.#writer.lastError;
    return { ok: false, detail: problem ?? "waiting for the webhook entries to be written" };
  }

  /** Since when every entry that the API server has contains this CA; undefined when one has not. */
  trustedSince(ca: string): number | undefined {
    return this.#trust.trustedSince(ca);
  }

  /** CAs of this program that entries contain, PEM. */
  published(): string {
    return this.#trust.published();
  }

  hasEntries(): boolean {
    return this.#trust.hasEntries();
  }

  readBack(): Promise<void> {
    return this.#writer.readBack();
  }
}
