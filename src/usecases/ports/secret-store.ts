/** One Kubernetes Secret as the certificate code sees it. Values are decoded bytes as text (PEM). */
export interface SecretSnapshot {
  readonly resourceVersion: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
}

/** What a write sets: these data keys and annotations, others stay. */
export interface SecretChange {
  readonly data: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export type WriteResult =
  | { readonly outcome: "written"; readonly secret: SecretSnapshot }
  /** Somebody else wrote since the read: read again. */
  | { readonly outcome: "conflict" }
  | { readonly outcome: "absent" };

/** The Secret that holds CA and leaf; its resourceVersion is the only lock between replicas. */
export interface SecretStore {
  /** For messages: `secret keymate-guard/keymate-guard-certs`. */
  readonly description: string;
  /** Live read; undefined when the Secret does not exist. Throws when it cannot be read. */
  read(): Promise<SecretSnapshot | undefined>;
  /** Compare-and-swap on `resourceVersion`. */
  write(change: SecretChange, resourceVersion: string): Promise<WriteResult>;
  /** Calls back on every change until the signal aborts; reconnects by itself, never throws. */
  watch(onChange: (secret: SecretSnapshot | undefined) => void, signal: AbortSignal): void;
}
