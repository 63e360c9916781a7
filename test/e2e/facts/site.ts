import { type ClusterOptions, startCluster, type TestCluster } from "../../cluster/cluster.ts";
import { eventually } from "../../cluster/eventually.ts";
import { type Authority, createAuthority, type KeyPair } from "../../cluster/pki.ts";
import type { Entry } from "./entry.ts";
import { type Answerer, type Hook, startHook } from "./hook.ts";

const RULE = { apiVersions: ["v1"], scope: "*" };

/** What the facts share: one cluster, one authority, and webhooks reached as in production. */
export class Site {
  readonly cluster: TestCluster;
  readonly #ca: Authority;
  readonly #pair: KeyPair;
  readonly #hooks: Hook[] = [];
  #count = 0;

  private constructor(cluster: TestCluster, ca: Authority, pair: KeyPair) {
    this.cluster = cluster;
    this.#ca = ca;
    this.#pair = pair;
  }

  static async start(options: ClusterOptions): Promise<Site> {
    const ca = await createAuthority("webhook-facts");
    const pair = await ca.issue({ commonName: "hook", hosts: ["*.hooks.svc", "localhost"] });
    const site = new Site(await startCluster(options), ca, pair);
    await site.namespace("hooks");
    return site;
  }

  async stop(): Promise<void> {
    await this.cluster.stop();
    await Promise.all(this.#hooks.map((hook) => hook.stop()));
  }

  async hook(answer?: Answerer): Promise<Hook> {
    const hook = await startHook(this.#pair, answer);
    this.#hooks.push(hook);
    return hook;
  }

  async namespace(name: string, labels: Record<string, string> = {}): Promise<string> {
    await this.make("/api/v1/namespaces", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name, labels },
    });
    return name;
  }

  async make(path: string, body: object): Promise<void> {
    const answer = await this.cluster.request("POST", path, body);
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  }

  /** clientConfig of a Service that resolves to this host: trusted names, no kube-proxy. */
  async clientConfig(port: number, path: string, shared?: string): Promise<object> {
    const name = shared ?? `hook-${port}`;
    const made = await this.cluster.request("POST", "/api/v1/namespaces/hooks/services", {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name },
      spec: { type: "ExternalName", externalName: "localhost" },
    });
    // Several entries share the service of their hook.
    if (![201, 409].includes(made.status)) throw new Error(made.text);
    const caBundle = Buffer.from(this.#ca.cert).toString("base64");
    return { caBundle, service: { namespace: "hooks", name, port, path } };
  }

  /** Makes a configuration of these entries and waits until the API server goes by it. */
  async register(name: string, entries: readonly Entry[]): Promise<void> {
    for (const flavour of ["Mutating", "Validating"] as const) {
      const own = entries.filter((entry) => (entry.flavour ?? "Validating") === flavour);
      if (own.length > 0) await this.#registerFlavour(`${name}-${flavour.toLowerCase()}`, own);
    }
  }

  async #registerFlavour(name: string, entries: readonly Entry[]): Promise<void> {
    const [{ hook, flavour = "Validating" }] = entries as [Entry];
    const webhooks = await Promise.all(
      entries.map((entry, i) => this.#entry(`e${i}.${name}`, entry)),
    );
    webhooks.push({
      ...(await this.#entry(`probe.${name}`, { hook, namespace: "default", path: "/probe" })),
      objectSelector: { matchLabels: { probe: name } },
    });
    await this.make(
      `/apis/admissionregistration.k8s.io/v1/${flavour.toLowerCase()}webhookconfigurations`,
      {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: `${flavour}WebhookConfiguration`,
        metadata: { name },
        webhooks,
      },
    );
    await eventually(() => this.probe(name, hook));
  }

  /** Takes configurations away; what is under way may still come. */
  async unregister(name: string): Promise<void> {
    for (const flavour of ["mutating", "validating"]) {
      const path = `/apis/admissionregistration.k8s.io/v1/${flavour}webhookconfigurations`;
      await this.cluster.request("DELETE", `${path}/${name}-${flavour}`);
    }
  }

  /** Whether an object with the configuration's probe label gets to its hook. */
  async probe(name: string, hook: Hook, request = this.cluster.request): Promise<boolean> {
    this.#count += 1;
    const object = `probe-${this.#count}`;
    const metadata = { name: object, labels: { probe: name } };
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata };
    await request("POST", "/api/v1/namespaces/default/configmaps?dryRun=All", body);
    return hook.probes.has(object);
  }

  async #entry(name: string, entry: Entry): Promise<object> {
    const { resources = ["configmaps"], operations = ["CREATE"], namespace } = entry;
    const groups = resources.some((resource) => resource.startsWith("deployments")) ? "apps" : "";
    const label = { key: "kubernetes.io/metadata.name", operator: "In", values: [namespace] };
    return {
      name: `${name}.facts.test`,
      clientConfig: await this.clientConfig(entry.port ?? entry.hook.port, entry.path ?? "/review"),
      rules: [{ ...RULE, operations, resources, apiGroups: [groups] }],
      namespaceSelector:
        entry.namespaceSelector ?? (namespace ? { matchExpressions: [label] } : {}),
      failurePolicy: entry.failurePolicy ?? "Fail",
      ...(entry.timeoutSeconds === null ? {} : { timeoutSeconds: entry.timeoutSeconds ?? 10 }),
      matchConditions: entry.matchConditions ?? [],
      sideEffects: "None",
      admissionReviewVersions: ["v1"],
    };
  }
}
