import type { Decision } from "../../engine/decision.ts";
import type { AdmissionPath, AdmissionRequest, Admit } from "../../usecases/ports/admission.ts";
import type { Clock } from "../../usecases/ports/clock.ts";
import type { Logger } from "../../usecases/ports/logger.ts";
import type { Metrics } from "../../usecases/ports/metrics.ts";
import type { Monotonic } from "../../usecases/ports/monotonic.ts";
import { encodeResponse, UnsendableDecision } from "./admission-response.ts";
import { budget, RequestDeadline } from "./deadline.ts";
import { displayName, type FaultPlace, faultDecision } from "./fault-decision.ts";
import { sendable } from "./sendable.ts";

export interface HandlerDeps {
  readonly admit: Admit;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly monotonic: Monotonic;
  readonly clock: Clock;
  /** Hears of each decision once it is encoded; must not wait. */
  readonly decided?: (path: AdmissionPath, request: AdmissionRequest, decision: Decision) => void;
  /** Longest time for a decision, before the fifth that is kept for the way back. */
  readonly timeoutMs: number;
}

/** Decides the reviews of one path and answers each, whatever happens on the way. Never throws. */
export class AdmissionHandler {
  readonly #path: AdmissionPath;
  readonly #deps: HandlerDeps;

  constructor(path: AdmissionPath, deps: HandlerDeps) {
    this.#path = path;
    this.#deps = deps;
  }

  /** The response body; a promise only where `admit` gave one. `startedAt` is monotonic. */
  answer(request: AdmissionRequest, url: string, startedAt: number): string | Promise<string> {
    const { admit, monotonic, timeoutMs } = this.#deps;
    const deadline = new RequestDeadline(monotonic, startedAt + budget(url, timeoutMs));
    let decision: Decision | Promise<Decision>;
    try {
      decision = admit(request, this.#path, deadline);
    } catch (error) {
      decision = this.#fault(request, "admit", error);
    }
    return decision instanceof Promise
      ? this.#answerLater(request, decision, deadline, startedAt)
      : this.#finish(request, decision, startedAt);
  }

  async #answerLater(
    request: AdmissionRequest,
    pending: Promise<Decision>,
    deadline: RequestDeadline,
    startedAt: number,
  ): Promise<string> {
    const timer = new AbortController();
    const decided = pending.catch((error: unknown) => this.#fault(request, "admit", error));
    const late = this.#deps.clock.sleep(deadline.left(), timer.signal).then(() => undefined);
    const decision = await Promise.race([decided, late]);
    timer.abort();
    return this.#finish(
      request,
      decision ?? faultDecision(this.#path, request, "deadline"),
      startedAt,
    );
  }

  #finish(request: AdmissionRequest, decided: Decision, startedAt: number): string {
    let decision: Decision;
    let body: string;
    try {
      decision = sendable(this.#path, request, decided);
      body = encodeResponse(request.uid, decision);
    } catch (error) {
      const isTooLarge = error instanceof UnsendableDecision;
      decision = this.#fault(request, isTooLarge ? "size" : "response", error);
      body = encodeResponse(request.uid, decision);
    }
    this.#report(request, decision, this.#deps.monotonic() - startedAt);
    return body;
  }

  #fault(request: AdmissionRequest, where: FaultPlace, error: unknown): Decision {
    this.#deps.logger.error(
      { uid: request.uid, path: this.#path, where, error: describe(error) },
      "guard failed on a review",
    );
    return faultDecision(this.#path, request, where);
  }

  #report(request: AdmissionRequest, decision: Decision, ms: number): void {
    try {
      this.#deps.metrics.admission(this.#path, request, decision, ms / 1_000);
      this.#log(request, decision, ms);
      this.#deps.decided?.(this.#path, request, decision);
    } catch {
      // Bookkeeping must not cost an answer.
    }
  }

  #log(request: AdmissionRequest, decision: Decision, ms: number): void {
    const { logger } = this.#deps;
    const fields = {
      uid: request.uid,
      path: this.#path,
      operation: request.operation,
      kind: request.kind.kind,
      namespace: request.namespace,
      name: displayName(request),
      user: request.user.username,
      outcome: decision.outcome,
      rules: [...new Set(decision.findings.map((finding) => finding.rule))],
      ms: Math.round(ms * 100) / 100,
      dryRun: request.dryRun,
    };
    if (decision.outcome === "allowed") logger.debug(fields, "review decided");
    else logger.info(fields, "review decided");
  }
}

/** Where it was thrown, without the message: that may quote the object. */
function describe(error: unknown): { name: string; at: readonly string[] } {
  if (!(error instanceof Error)) return { name: typeof error, at: [] };
  const frames = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  return { name: error.name, at: frames.slice(0, 5).map((line) => line.trim()) };
}
