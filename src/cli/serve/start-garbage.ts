/**
 * Collects what loading code, reading lists and the first compilation left behind: V8 sees no reason
 * to, and would keep some 13 MB of an idle guard, more where a large cluster was listed. It stops
 * the process for tens of milliseconds (more with a large cache), so it belongs before the first review.
 */
export async function collectStartGarbage(): Promise<void> {
  try {
    // The one way without a flag for V8; a Node without inspector keeps its garbage.
    const { Session } = await import("node:inspector/promises");
    const session = new Session();
    session.connect();
    try {
      await session.post("HeapProfiler.collectGarbage");
    } finally {
      session.disconnect();
    }
  } catch {
    // Memory is all that it would have saved.
  }
}
