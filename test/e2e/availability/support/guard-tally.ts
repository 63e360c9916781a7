import { setTimeout as sleep } from "node:timers/promises";
import { total } from "../../support/counters.ts";
import type { GuardProcess } from "../../support/guard-process.ts";

/** Keeps the newest metrics page of each guard, for a guard takes its counters along when it ends. */
export class GuardTally {
  readonly #pages = new Map<GuardProcess, string>();
  readonly #guards: () => readonly GuardProcess[];
  readonly #running: Promise<void>;
  #stopped = false;

  constructor(guards: () => readonly GuardProcess[]) {
    this.#guards = guards;
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#look();
      await sleep(250);
    }
    await this.#look();
  }

  async #look(): Promise<void> {
    for (const guard of this.#guards().filter((one) => one.running())) {
      const page = await guard.ops("/metrics").catch(() => undefined);
      if (page?.status === 200) this.#pages.set(guard, page.text);
    }
  }

  total(name: string, labels: Readonly<Record<string, string>> = {}): number {
    return [...this.#pages.values()].reduce((sum, page) => sum + total(page, name, labels), 0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }
}

/** How often the guards wrote the Secret for this reason. */
export function writesOf(guards: readonly GuardProcess[], why: string): number {
  const lines = guards.flatMap((guard) => guard.log().split("\n"));
  return lines.filter(
    (line) => line.includes(`"why":"${why}"`) && line.includes('"outcome":"written"'),
  ).length;
}
