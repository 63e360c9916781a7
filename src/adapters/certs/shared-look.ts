import type {
  SecretCondition,
  SharedCertificate,
} from "../../usecases/ports/certificate-source.ts";
import type { Logger } from "../../usecases/ports/logger.ts";

/** Keeps account of looks at what replicas share: begun, and with what outcome. */
export class SharedLook implements SharedCertificate {
  readonly #logger: Logger;
  readonly #wake: () => void;
  readonly #listeners: (() => void)[] = [];
  #begun = 0;
  #confirmed = 0;
  #condition: SecretCondition | undefined;
  #generation: number | undefined;

  /** @param wake has to begin a look soon, a new one if one is under way */
  constructor(logger: Logger, wake: () => void) {
    this.#logger = logger;
    this.#wake = wake;
  }

  begin(): number {
    this.#begun += 1;
    return this.#begun;
  }

  /** @param generation what is in memory now; undefined: nothing */
  found(condition: SecretCondition, generation: number | undefined): void {
    this.#condition = condition;
    this.#generation = generation;
  }

  confirm(look: number): void {
    this.#confirmed = look;
    for (const listener of this.#listeners) this.#tell(listener);
  }

  condition(): SecretCondition | undefined {
    return this.#condition;
  }

  generation(): number | undefined {
    return this.#generation;
  }

  look(): number {
    this.#wake();
    return this.#begun + 1;
  }

  confirmed(): number {
    return this.#confirmed;
  }

  onConfirmed(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #tell(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#logger.error({ error }, "certificate listener failed");
    }
  }
}
