/** The pair in service and the CAs that callers have to trust to accept it. All PEM. */
export interface ServingCertificate {
  readonly cert: string;
  readonly key: string;
  /** What belongs into a caBundle: newest CA first, and always the issuer of `cert`. */
  readonly caBundle: string;
  readonly notAfter: Date;
  readonly caNotAfter: Date | undefined;
  /** SHA-256 of the leaf, as crypto.X509Certificate prints it. */
  readonly fingerprint: string;
}

export interface SourceHealth {
  readonly healthy: boolean;
  /** One sentence: what is in service, or what it waits for. */
  readonly detail: string;
  /**
   * What is wrong beside, as a clause, healthy or not: renewal will not happen until it is mended.
   * undefined when all is well.
   */
  readonly problem?: string | undefined;
}

/** How the Secret that replicas share was found; unreadable: no answer, or no right to ask. */
export type SecretCondition = "absent" | "corrupt" | "empty" | "foreign" | "unreadable" | "valid";

/** What a source knows whose certificate other replicas may replace at any time. */
export interface SharedCertificate {
  /** undefined before the first look. */
  condition(): SecretCondition | undefined;
  /** Of the CA that signs now, as far as it is in memory; counts up with every new CA. */
  generation(): number | undefined;
  /** Looks at once. `confirmed` reaches the number when that look, or a later one, found it valid. */
  look(): number;
  /** Number of the latest look after which `current` was what all replicas agreed on. */
  confirmed(): number;
  onConfirmed(listener: () => void): void;
}

/** Where the serving certificate comes from. */
export interface CertificateSource {
  /** Only where replicas share one. */
  readonly shared?: SharedCertificate;
  /** undefined until the first certificate is there. */
  current(): ServingCertificate | undefined;
  /** Resolves when a certificate is there or the source has gone on to wait for one in the background. */
  start(signal: AbortSignal): Promise<void>;
  health(): SourceHealth;
  /** Called after each swap, also for the first certificate when registered before start. */
  onChange(listener: (certificate: ServingCertificate) => void): void;
}
