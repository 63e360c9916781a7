const DAY = 24 * 60 * 60 * 1000;

/** RFC 1123 label, as Kubernetes wants it for namespaces. */
export const NAME = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** A namespace name in which `*` may stand for any run of characters. */
export const NAMESPACE_GLOB = /^[-a-z0-9*]{1,63}$/;

/** `Kind/name`, `*` anywhere; `File/path` for what file-parse says of a file. */
export const OBJECT_GLOB = /^(?:[A-Za-z0-9*]{1,63}\/[-a-z0-9.:*]{1,253}|File\/\S{1,253})$/;

export const RULE_GLOB = /^[-a-z0-9*]{1,63}$/;

/** Part of an image name: no tag, no digest. */
export const IMAGE_GLOB = /^[-A-Za-z0-9._/*]{1,255}$/;

/** No sign: a negative amount is never right here. */
export const QUANTITY =
  /^(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,2})?$/;

export const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

export const LABEL_KEY =
  /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

export const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/** The last millisecond of a day in UTC; undefined for a date that no calendar has (2027-02-30). */
export function endOfDay(date: string): number | undefined {
  if (!DATE.test(date)) return undefined;
  const start = Date.parse(`${date}T00:00:00.000Z`);
  if (Number.isNaN(start)) return undefined;
  return new Date(start).toISOString().startsWith(date) ? start + DAY - 1 : undefined;
}
