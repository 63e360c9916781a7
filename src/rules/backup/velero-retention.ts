import type { Finding, RuleContext } from "../../engine/rule.ts";
import { backupSpecOf, VELERO_BACKUP } from "../../kubernetes/backup-velero.ts";
import { DAY, parseGoDuration } from "../../kubernetes/duration.ts";
import { type JsonObject, own } from "../../kubernetes/json.ts";
import { field, ROOT } from "../../kubernetes/location.ts";
import { backedUpNamespaces } from "./governed-data.ts";
import { isMadeBySchedule } from "./made-by-schedule.ts";
import { type RetentionParams, tooShort } from "./retention-finding.ts";

/** ttl of a Velero Backup, or of those that a Schedule makes; about data namespaces only. */
export function* veleroFindings(context: RuleContext<RetentionParams>): Iterable<Finding> {
  const { object, params } = context;
  const spec = backupSpecOf(object.kind, object.raw);
  if (backedUpNamespaces(context, spec).length === 0) return;
  const path = object.kind === VELERO_BACKUP ? ["spec", "ttl"] : ["spec", "template", "ttl"];
  const location = field(ROOT, ...path);
  const wanted = `${params.minDays * 24}h`;
  const text = ttlText(spec);
  const ttl = text === undefined ? 0 : parseGoDuration(text);
  if (ttl === undefined) {
    yield {
      message: "ttl is no Go duration: Velero knows hours, minutes and seconds, no days",
      fix: `write ${wanted}`,
      location,
      key: `unreadable:${text ?? ""}`,
    };
    return;
  }
  const days = ttl === 0 ? params.veleroDefaultDays : ttl / DAY;
  if (days >= params.minDays) return;
  const found =
    ttl === 0 ? `${days} d (the server's default)` : `${Math.floor(days)} d (${text ?? ""})`;
  const finding = tooShort(context, location, { found, days, wanted });
  yield isMadeBySchedule(context) ? { ...finding, atMost: "audit" } : finding;
}

/** undefined when the server decides; "" for what is no text at all. */
function ttlText(spec: JsonObject): string | undefined {
  const value = own(spec, "ttl");
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : value === 0 ? "0" : "";
}
