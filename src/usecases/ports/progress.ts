/** Tells whoever waits at a terminal that long work goes on. */
export interface Progress {
  /**
   * What is being done now: `reading files`, `listing pods`; how many are done, and of how many
   * where that is known. Cheap enough to be called for every object.
   */
  report(what: string, done?: number, total?: number): void;
  /** Takes the line off the screen, before anything else is written there. */
  clear(): void;
}

/** Where nobody waits: pipes, logs, tests. */
export const NO_PROGRESS: Progress = { report: () => {}, clear: () => {} };
