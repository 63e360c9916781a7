import { stringify } from "yaml";
import { policyReportsOf, type ReportFlavour } from "../../usecases/policy-reports.ts";
import type { Reporter } from "./reporter.ts";

/** The objects as YAML documents, for whoever applies them. */
export function policyReporter(flavour: ReportFlavour): Reporter {
  return (report) =>
    policyReportsOf(report, flavour)
      .map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }))
      .join("---\n");
}
