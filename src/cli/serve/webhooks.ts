import { CallerTrust } from "../../adapters/certs/caller-trust.ts";
import { SharedBundle } from "../../adapters/certs/shared-bundle.ts";
import type { LiveWebhook, WebhookWriter } from "../../adapters/kube/webhook-configurations.ts";
import type { Policy } from "../../engine/policy.ts";
import type { CertificateSource } from "../../usecases/ports/certificate-source.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import { mayRefuse, webhookEntries } from "../../usecases/webhooks/entries.ts";
import { ENTRY_SUFFIX } from "../../usecases/webhooks/entry.ts";
import { FailPolicy } from "../../usecases/webhooks/fail-policy.ts";
import { PROBE_WEBHOOK } from "../../usecases/webhooks/probe.ts";
import { neverIntercepted } from "../../usecases/webhooks/selectors.ts";
import type { Place } from "./place.ts";
import type { ServeSettings } from "./settings.ts";

/** Seconds that the API server waits; our own deadline lies a fifth below. */
export const MUTATE_TIMEOUT_SECONDS = 3;
export const VALIDATE_TIMEOUT_SECONDS = 5;

export interface WebhookDeps {
  readonly place: Place;
  readonly settings: Pick<
    ServeSettings,
    "servicePort" | "failPolicy" | "failAfterReplicas" | "failAfter"
  >;
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
  readonly #failPolicy: FailPolicy;
  #signal: AbortSignal | undefined;
  #open = false;
  #wasInSync = false;

  private constructor(deps: WebhookDeps, writer: WebhookWriter, probe: Probe) {
    this.#deps = deps;
    this.#writer = writer;
    const { clock, logger, keepOthersMs: keepMs, settings, source, policy } = deps;
    this.#trust = new CallerTrust({ clock, shared: source.shared });
    source.shared?.onConfirmed(() => this.refresh());
    this.#shared = keepMs === undefined ? undefined : new SharedBundle({ clock, keepMs });
    this.#failPolicy = new FailPolicy({
      setting: settings.failPolicy,
      replicas: settings.failAfterReplicas,
      forMs: settings.failAfter,
      mayRefuse: () => mayRefuse(policy()),
      inSync: () => writer.inSync,
      probe,
      onRaise: () => this.refresh(),
      clock,
      logger,
    });
  }

  /** undefined where the entries are somebody else's to write. */
  static async create(deps: WebhookDeps): Promise<ManagedWebhooks | undefined> {
    const { connection, managesWebhooks } = deps.place;
    if (connection === undefined || !managesWebhooks) return undefined;
    const { WebhookWriter } = await import("../../adapters/kube/webhook-configurations.ts");
    const { sendProbe } = await import("../../adapters/kube/probe-sender.ts");
    const { clock, logger, random, place } = deps;
    let managed: ManagedWebhooks | undefined;
    const onChange = () => managed?.refresh();
    const writer = new WebhookWriter({ connection, clock, logger, random, onChange });
    const probe: Probe = (signal) => sendProbe(connection, place.namespace, signal);
    managed = new ManagedWebhooks(deps, writer, probe);
    return managed;
  }

  start(signal: AbortSignal): void {
    this.#writer.start(signal);
    this.#signal = signal;
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
    if (this.#signal !== undefined) void this.#failPolicy.run(this.#signal);
  }

  /** After a change of policy or certificate, or of what is live. */
  refresh(): void {
    const { place, settings, source, policy } = this.#deps;
    this.#trust.observe(this.#liveBundles());
    const certificate = source.current();
    const validating = this.#writer.validating();
    // Unread, it may hold a Fail that stands for good: nothing is written over it.
    if (!this.#open || certificate === undefined || validating === undefined) return;
    this.#failPolicy.observe(validating === "absent" ? "absent" : failureOf(validating));
    const port = settings.servicePort;
    const caBundle = Buffer.from(this.#bundle(certificate.caBundle)).toString("base64");
    const service = { name: "keymate-guard", namespace: place.namespace, port };
    const entries = webhookEntries(policy(), {
      client: { service, caBundle },
      excluded: neverIntercepted(policy(), place.namespace),
      mutateTimeoutSeconds: MUTATE_TIMEOUT_SECONDS,
      validateTimeoutSeconds: VALIDATE_TIMEOUT_SECONDS,
      failing: this.#failPolicy.stage === "fail",
      probedIn: settings.failPolicy === "auto" ? place.namespace : undefined,
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

  /** Between Ignore and Fail, for those who look. */
  get failPolicy(): Pick<FailPolicy, "stage" | "answering" | "detail"> {
    return this.#failPolicy;
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

type Probe = (signal: AbortSignal) => Promise<readonly string[]>;

function failureOf(entries: readonly LiveWebhook[]): "fail" | "ignore" {
  const ours = entries.filter(({ name }) => name.endsWith(ENTRY_SUFFIX) && name !== PROBE_WEBHOOK);
  return ours.some(({ failurePolicy }) => failurePolicy === "Fail") ? "fail" : "ignore";
}
