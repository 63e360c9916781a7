/** What one server is busy with; read by the byte budget, the drain and the gauges. */
export class Load {
  /** Requests whose answer is not complete. */
  requests = 0;
  /** Bytes of unanswered bodies that count against the budget. */
  bytes = 0;
  /** Monotonic milliseconds of the newest connection; undefined before the first. */
  lastConnectionAt: number | undefined;
  /** Set once shutting down: answers then ask for the connection to be closed. */
  draining = false;
}
