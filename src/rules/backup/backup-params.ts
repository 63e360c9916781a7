import { z } from "zod";
import { layerName } from "../../engine/names.ts";
import { PREFIX } from "../../engine/platform.ts";
import type { BackupMarks } from "../../kubernetes/backup-coverage.ts";

export const MARKS: BackupMarks = {
  backupFor: `${PREFIX}backup-for`,
  snapshotSchedule: `${PREFIX}snapshot-schedule`,
};

/** The layers whose data is precious: where StatefulSets and claims count, and what Velero backs up. */
export const dataLayers = z
  .array(layerName)
  .default(["data"])
  .describe("Layers that keep data: backups of their namespaces are judged by this rule");

export const maxGapHours = z
  .number()
  .positive()
  .default(24)
  .describe("Longest time between two backups; one hour more where clocks are changed");
