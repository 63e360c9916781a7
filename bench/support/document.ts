import { availableParallelism, loadavg } from "node:os";

const START = "<!-- results: written by npm run bench -- --update-docs -->";
const END = "<!-- /results -->";

/** What a reader has to know about the run, in general words. */
export function describeMachine(now: Date): string {
  const date = now.toISOString().slice(0, 10);
  const cores = availableParallelism();
  const { version, platform, arch } = process;
  const busy = (loadavg()[0] ?? 0).toFixed(1);
  return `${date}, ${cores} cores, Node ${version} on ${platform} ${arch}, load average before the run ${busy}`;
}

/** Throws when the document has no place for results. */
export function replaceBetweenMarkers(document: string, results: string): string {
  const start = document.indexOf(START);
  const end = document.indexOf(END);
  if (start < 0 || end < start) throw new Error("the document has no markers for results");
  return `${document.slice(0, start + START.length)}\n\n${results}\n${document.slice(end)}`;
}
