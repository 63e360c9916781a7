// Loaded by --import: gives one process another wall clock, as a node whose clock is off has it.
const offset = Number(process.env["TEST_CLOCK_OFFSET"] ?? 0);
const real = Date;
const now = real.now.bind(real);

globalThis.Date = class extends real {
  constructor(...args: readonly unknown[]) {
    // Without arguments a date is the present moment.
    super(...((args.length === 0 ? [now() + offset] : args) as [number]));
  }

  static override now(): number {
    return now() + offset;
  }
} as DateConstructor;
