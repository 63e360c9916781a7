import { readFile } from "node:fs/promises";
import { readCertificates } from "../../adapters/certs/pem.ts";
import { type AppError, environmentError } from "../../usecases/app-error.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";

export interface ClientCaOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

const POLL_MS = 2_000;

/** The CAs whose client certificates may call, followed in their file; a faulty one is never taken. */
export class ClientCa {
  readonly #options: ClientCaOptions;
  #pem: string;
  #problem: string | undefined;

  private constructor(options: ClientCaOptions, pem: string) {
    this.#options = options;
    this.#pem = pem;
  }

  /** Throws AppError: nobody is let in without the check that was asked for. */
  static async open(options: ClientCaOptions): Promise<ClientCa> {
    const read = await readPem(options.file);
    if ("problem" in read) throw refusal(options.file, read.problem);
    return new ClientCa(options, read.pem);
  }

  /** PEM. */
  current(): string {
    return this.#pem;
  }

  /** Follows the file until the signal aborts. */
  async watch(signal: AbortSignal, onChange: () => void): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      await clock.sleep(POLL_MS, signal);
      if (!signal.aborted && (await this.#refresh())) onChange();
    }
  }

  async #refresh(): Promise<boolean> {
    const { file, logger } = this.#options;
    const read = await readPem(file);
    if ("problem" in read) {
      const { problem } = read;
      if (problem !== this.#problem)
        logger.error({ file, problem }, "client CA refused, the last good one stays");
      this.#problem = problem;
      return false;
    }
    this.#problem = undefined;
    if (read.pem === this.#pem) return false;
    this.#pem = read.pem;
    logger.info({ file }, "client CA loaded");
    return true;
  }
}

type Read = { readonly pem: string } | { readonly problem: string };

async function readPem(file: string): Promise<Read> {
  let pem: string;
  try {
    pem = await readFile(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    return { problem: code === "ENOENT" ? "there is no such file" : code };
  }
  const certificates = readCertificates(pem);
  if (certificates === undefined) return { problem: "it holds no readable certificate" };
  if (!certificates.every(({ ca }) => ca))
    return { problem: "not every certificate in it is a CA" };
  return { pem };
}

function refusal(file: string, problem: string): AppError {
  return environmentError(
    "client-ca-unusable",
    `--client-ca ${file} cannot be used: ${problem}; name a PEM file of the CAs that sign client certificates`,
  );
}
