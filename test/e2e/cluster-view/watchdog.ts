import assert from "node:assert/strict";
import type { ClusterCache } from "../../../src/adapters/kube/cluster-cache.ts";
import { evaluate } from "../../../src/engine/evaluate.ts";
import type { Mode } from "../../../src/engine/modes.ts";
import rule from "../../../src/rules/resources/res-limitrange-conflict.ts";
import { subjectOf } from "../../support/builders.ts";
import { environmentOf } from "../../support/fake-rules.ts";
import { fastClock } from "./fast-clock.ts";
import { deployment, LIMIT_RANGE } from "./objects.ts";

/** What cannot be read denies nothing, at no time; asked a hundred times a second. */
export class Watchdog {
  readonly #cache: ClusterCache;
  readonly #namespace: string;
  readonly #rejections: unknown[] = [];
  readonly #wrong: string[] = [];
  /** Each change of what the cache says of LimitRanges, first to last. */
  readonly states: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #onRejection = (reason: unknown) => void this.#rejections.push(reason);

  constructor(cache: ClusterCache, namespace: string) {
    this.#cache = cache;
    this.#namespace = namespace;
  }

  start(): void {
    process.on("unhandledRejection", this.#onRejection);
    this.#timer = setInterval(() => this.#look(), 10);
  }

  stop(): void {
    clearInterval(this.#timer);
    process.off("unhandledRejection", this.#onRejection);
    assert.deepEqual(this.#rejections, []);
    assert.deepEqual(this.#wrong, []);
  }

  verdict(namespace = this.#namespace): readonly Mode[] {
    const raw = deployment("large", "2Gi");
    const metadata = { name: "large", namespace };
    const { judgements, faults } = evaluate(
      environmentOf([rule], { cluster: this.#cache, now: fastClock.now() }),
      subjectOf({ ...raw, metadata }),
    );
    assert.deepEqual(faults, []);
    return [...new Set(judgements.map(({ mode }) => mode))];
  }

  #look(): void {
    const state = this.#cache.readability(LIMIT_RANGE);
    if (state !== this.states.at(-1)) this.states.push(state);
    if (state !== "readable" && this.verdict().includes("enforce")) {
      this.#wrong.push(`denied while LimitRanges were ${state}`);
    }
    if (state === "unreadable" && !this.#cache.reason(LIMIT_RANGE)) {
      this.#wrong.push("unreadable without a reason");
    }
    // Never had a limit.
    if (this.verdict("default").length > 0) this.#wrong.push("a finding that was never true");
  }
}
