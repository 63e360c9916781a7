import { tlsOptions } from "../../adapters/certs/tls-options.ts";
import { Drain } from "../../adapters/http/drain.ts";
import type { OpsServer } from "../../adapters/http/ops-server.ts";
import type { AdmissionServer } from "../../adapters/http/server.ts";
import type { EventWriter } from "../../adapters/kube/event-writer.ts";
import { namesNoLayer } from "../../engine/layered-namespaces.ts";
import type { Rule } from "../../engine/rule.ts";
import { createAdmit } from "../../usecases/admit.ts";
import { eventOf } from "../../usecases/decision-events.ts";
import type {
  CertificateSource,
  ServingCertificate,
} from "../../usecases/ports/certificate-source.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import { type Certificates, certificateSource } from "./certificates.ts";
import { ClientCa } from "./client-ca.ts";
import { type Cluster, openCluster } from "./cluster.ts";
import { openEvents, tellCertificateTrouble, watchCertificate } from "./events.ts";
import { gaugeSources } from "./gauge-sources.ts";
import { liveChecks, readyChecks } from "./health-checks.ts";
import { listenOn } from "./listen.ts";
import type { Place } from "./place.ts";
import { PolicyStore } from "./policy-store.ts";
import { buildServers, monotonic } from "./servers.ts";
import type { ServeSettings } from "./settings.ts";
import { collectStartGarbage } from "./start-garbage.ts";
import { createTelemetry, type Telemetry } from "./telemetry.ts";
import { ManagedWebhooks } from "./webhooks.ts";

/** How often the guard looks whether it has become ready to be called. */
const READY_POLL_MS = 50;

export interface GuardDeps {
  readonly settings: ServeSettings;
  readonly place: Place;
  readonly rules: readonly Rule[];
  readonly version: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  /** Once, when reviews are answered. */
  readonly onListening: (source: CertificateSource, port: number) => void;
}

interface Parts {
  readonly telemetry: Telemetry;
  /** undefined where nobody asked for Events. */
  readonly events: EventWriter | undefined;
  readonly policies: PolicyStore;
  readonly cluster: Cluster;
  readonly certificates: Certificates;
  readonly source: CertificateSource;
  readonly webhooks: ManagedWebhooks | undefined;
  /** undefined: anybody may call. */
  readonly clientCa: ClientCa | undefined;
}

/** One guard: all parts wired, started in order, stopped without failing a review. */
export class Guard {
  readonly #deps: GuardDeps;
  readonly #parts: Parts;
  readonly #admission: AdmissionServer;
  readonly #ops: OpsServer;
  readonly #drain: Drain;
  /** Repair and renewal, for the replicas that stay. */
  readonly #background = new AbortController();
  /** What decisions rest on has to stay fresh until the last one. */
  readonly #following = new AbortController();
  #listening = false;
  #settled = false;

  private constructor(deps: GuardDeps, parts: Parts) {
    this.#deps = deps;
    this.#parts = parts;
    const { clock, logger } = deps;
    const { policies, cluster, telemetry, events } = parts;
    const { admission, ops } = buildServers({
      admit: createAdmit({
        policy: () => policies.current(),
        cluster: cluster.view,
        ...(cluster.waitForNamespace ? { waitForNamespace: cluster.waitForNamespace } : {}),
        clock,
        logger,
      }),
      telemetry,
      decided: (path, request, decision) => {
        const event = events && eventOf(path, request, decision, cluster.view);
        if (event !== undefined) events?.emit(event);
      },
      clock,
      logger,
      replica: replicaName(deps.random),
      gauges: gaugeSources({
        ...parts,
        version: deps.version,
        cache: cluster.cache,
        isDraining: () => this.#drain.draining,
      }),
      clientCertificates: parts.clientCa !== undefined,
      live: liveChecks(),
      ready: readyChecks({
        ...parts,
        cache: cluster.cache,
        isListening: () => this.#listening,
        isSettled: () => this.#settled,
        isDraining: () => this.#drain.draining,
      }),
    });
    this.#admission = admission;
    this.#ops = ops;
    const { drainMs } = deps.place;
    this.#drain = new Drain({ server: admission, clock, monotonic, logger, drainMs });
  }

  /** Throws AppError for a policy or state that cannot be used. Nothing runs yet. */
  static async create(deps: GuardDeps): Promise<Guard> {
    const { settings, place, rules, clock, logger } = deps;
    const telemetry = createTelemetry(rules);
    const events = await openEvents({ ...deps, count: telemetry.countEvent });
    let webhooks: ManagedWebhooks | undefined;
    const { clientCa: file } = settings;
    const clientCa = file === undefined ? undefined : await ClientCa.open({ file, clock, logger });
    const policies = await PolicyStore.open({
      file: settings.policy,
      rules,
      modeCap: settings.mode,
      clock,
      logger,
      onChange: () => webhooks?.refresh(),
    });
    const cluster = await openCluster({ ...deps, state: settings.state });
    const callers = place.managesWebhooks
      ? {
          trustedSince: (ca: string) => webhooks?.trustedSince(ca),
          published: () => webhooks?.published() ?? "",
          hasEntries: () => webhooks?.hasEntries() ?? false,
          readBack: async () => webhooks?.readBack(),
        }
      : undefined;
    const certificates = await certificateSource({ ...deps, callers });
    const { source } = certificates;
    const policy = () => policies.current();
    const { certSource, caDrop } = settings;
    const keepOthersMs = certSource === "files" ? caDrop : undefined;
    webhooks = await ManagedWebhooks.create({
      ...{ ...deps, clock: certificates.clock },
      ...{ source, policy, keepOthersMs },
    });
    return new Guard(deps, {
      ...{ telemetry, events, policies, cluster },
      ...{ certificates, source, webhooks, clientCa },
    });
  }

  /** Resolves once reviews are answered. Probes are answered before that. Throws AppError. */
  async start(): Promise<void> {
    const { settings, place, logger } = this.#deps;
    const { policies, cluster, source, webhooks, clientCa } = this.#parts;
    const { signal } = this.#background;
    await listenOn(this.#ops, place.host, settings.opsPort, "--ops-port");
    const certified = new Promise<void>((resolve) => {
      source.onChange((certificate) => {
        if (this.#serve(certificate)) resolve();
      });
    });
    cluster.cache?.start(this.#following.signal);
    this.#startEvents();
    webhooks?.start(signal);
    void policies.watch(this.#following.signal);
    void clientCa?.watch(this.#following.signal, () => {
      const certificate = source.current();
      if (certificate !== undefined) this.#serve(certificate);
    });
    await source.start(signal);
    await Promise.race([certified, aborted(signal)]);
    if (signal.aborted) return;
    const port = await listenOn(this.#admission, place.host, settings.port, "--port");
    this.#listening = true;
    logger.info({ port, policy: policies.current().name, mode: settings.mode }, "listening");
    this.#deps.onListening(source, port);
    void this.#openWhenReady();
  }

  #startEvents(): void {
    const { place, clock } = this.#deps;
    const { events, source, cluster } = this.#parts;
    if (events === undefined) return;
    void events.run(this.#following.signal);
    const { signal } = this.#background;
    void watchCertificate({ events, source, place, view: cluster.view, clock }, signal);
  }

  /** Drains and ends everything; a second call while it runs hurries. */
  async stop(): Promise<void> {
    if (this.#drain.draining) return this.#drain.hurry();
    // Before it listens nobody can have come.
    const drained = this.#listening ? this.#drain.begin() : this.#drain.hurry();
    this.#background.abort();
    await drained;
    this.#following.abort();
    await this.#ops.close();
    this.#deps.place.connection?.close();
  }

  /** Puts a certificate into service unless it fails its own check; then the last one stays. */
  #serve(certificate: ServingCertificate): boolean {
    const { place, logger } = this.#deps;
    const { clock } = this.#parts.certificates;
    const expected = { names: place.names, now: clock.now() };
    const result = tlsOptions(certificate, expected, this.#parts.clientCa?.current());
    if (!result.ok) {
      logger.error({ reason: result.reason }, "certificate refused, the last good one stays");
      const { events, cluster } = this.#parts;
      if (events !== undefined) {
        tellCertificateTrouble({ events, place, view: cluster.view }, result.reason);
      }
      return false;
    }
    this.#admission.swap(result.options);
    this.#parts.webhooks?.refresh();
    return true;
  }

  /** Nothing is intercepted before everything that a decision rests on is there. */
  async #openWhenReady(): Promise<void> {
    const { clock, logger } = this.#deps;
    const { cluster, webhooks, policies } = this.#parts;
    const { signal } = this.#background;
    while (cluster.cache?.synced() === false && !signal.aborted) {
      await clock.sleep(READY_POLL_MS, signal);
    }
    if (signal.aborted) return;
    await collectStartGarbage();
    this.#settled = true;
    webhooks?.open();
    if (cluster.cache !== undefined && namesNoLayer(cluster.view, policies.current())) {
      const hint = "label a namespace policy.keymate.io/layer, or name it in the policy";
      logger.warn({ hint }, "no namespace has a layer: nothing is refused or filled in yet");
    }
  }
}

/** Tells this process from the other replicas. */
function replicaName(random: () => number): string {
  return Math.floor(random() * 2 ** 40)
    .toString(36)
    .padStart(8, "0");
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
