/** A call to a webhook that failed, as the API server logged it. */
export interface CallError {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly webhook: string;
  /** Timed out: nobody was gone, somebody was late. */
  readonly isTimeout: boolean;
  readonly text: string;
}

/** `W1123 21:59:08.123456   4242 dispatcher.go:225] Failed calling webhook, failing open name: …` */
const LINE =
  /^[WE](\d\d)(\d\d) (\d\d:\d\d:\d\d\.\d{3})\d* .*Failed calling webhook, failing (?:open|closed) (\S+): (.*)$/i;

/** From the log of an API server that was started within the last half year. */
export function callErrorsIn(log: string, now = new Date()): CallError[] {
  return log.split("\n").flatMap((line) => {
    const [, month, day, time, webhook = "", text = ""] = LINE.exec(line) ?? [];
    if (month === undefined) return [];
    // klog writes local time without a year.
    const at = Date.parse(`${now.getFullYear()}-${month}-${day}T${time}`);
    return [{ at, webhook, isTimeout: /deadline exceeded|Timeout/.test(text), text }];
  });
}
