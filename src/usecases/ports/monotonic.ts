/** Milliseconds since some fixed point, never going back: performance.now, or a test's own. */
export type Monotonic = () => number;
