export interface Target {
  readonly text: string;
  readonly met: boolean;
}

export interface ArmResult {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly targets: readonly Target[];
  /** Every number unrounded, for --json. */
  readonly raw: unknown;
}

export interface ArmContext {
  /** A folder that goes away with the run. */
  readonly dir: string;
  /** Fewer and shorter rounds: to see that it works, not to quote. */
  readonly quick: boolean;
  readonly progress: (text: string) => void;
}

export type Arm = (context: ArmContext) => Promise<ArmResult>;
