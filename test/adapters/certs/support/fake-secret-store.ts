import type {
  SecretChange,
  SecretSnapshot,
  SecretStore,
  WriteResult,
} from "../../../../src/usecases/ports/secret-store.ts";

/** One Secret as the API server keeps it: compare-and-swap, watches, and faults on request. */
export class FakeSecret {
  #snapshot: SecretSnapshot | undefined;
  #version = 0;
  readonly #watchers = new Set<(secret: SecretSnapshot | undefined) => void>();
  writes = 0;

  /** @param data null: there is no such Secret */
  constructor(data: Readonly<Record<string, string>> | null = {}) {
    if (data !== null) this.put({ data, annotations: {}, labels: {} });
  }

  get snapshot(): SecretSnapshot | undefined {
    return this.#snapshot;
  }

  /** What anybody with enough rights may do. */
  put(next: Partial<Omit<SecretSnapshot, "resourceVersion">>): void {
    this.#version += 1;
    const before = this.#snapshot ?? { data: {}, annotations: {}, labels: {} };
    this.#snapshot = { ...before, ...next, resourceVersion: String(this.#version) };
    this.#notify();
  }

  delete(): void {
    this.#snapshot = undefined;
    this.#notify();
  }

  swap(change: SecretChange, resourceVersion: string): WriteResult {
    const before = this.#snapshot;
    if (before === undefined) return { outcome: "absent" };
    if (before.resourceVersion !== resourceVersion) return { outcome: "conflict" };
    this.writes += 1;
    this.put({
      data: { ...before.data, ...change.data },
      annotations: { ...before.annotations, ...change.annotations },
    });
    return { outcome: "written", secret: this.#snapshot ?? before };
  }

  watch(onChange: (secret: SecretSnapshot | undefined) => void, signal: AbortSignal): void {
    this.#watchers.add(onChange);
    signal.addEventListener("abort", () => this.#watchers.delete(onChange));
    onChange(this.#snapshot);
  }

  #notify(): void {
    for (const watcher of this.#watchers) watcher(this.#snapshot);
  }
}

/** How one replica reaches the Secret. */
export class FakeSecretStore implements SecretStore {
  readonly description = "secret keymate-guard/keymate-guard-certs";
  readonly #secret: FakeSecret;
  readonly #gate: () => Promise<void>;
  readFault: Error | undefined;
  reads = 0;
  writeFault: Error | undefined;

  /** @param gate awaited before every call: where other replicas get their turn */
  constructor(secret: FakeSecret, gate: () => Promise<void> = () => Promise.resolve()) {
    this.#secret = secret;
    this.#gate = gate;
  }

  async read(): Promise<SecretSnapshot | undefined> {
    await this.#gate();
    this.reads += 1;
    if (this.readFault !== undefined) throw this.readFault;
    return this.#secret.snapshot;
  }

  async write(change: SecretChange, resourceVersion: string): Promise<WriteResult> {
    await this.#gate();
    if (this.writeFault !== undefined) throw this.writeFault;
    return this.#secret.swap(change, resourceVersion);
  }

  watch(onChange: (secret: SecretSnapshot | undefined) => void, signal: AbortSignal): void {
    this.#secret.watch((secret) => {
      if (this.readFault === undefined) onChange(secret);
    }, signal);
  }
}
