import { pathOf } from "../kubernetes/location.ts";
import type { Judgement } from "./judgement.ts";
import { kindWord } from "./policy.ts";
import type { Subject } from "./subject.ts";

/** Long enough for any name that Kubernetes takes; a longer one must not displace other findings. */
const LONGEST_LINE = 1_000;
const LINE_ENDS = /[\n\r\u0085\u2028\u2029]+/g;

/** `[rule-id] <what is wrong> — fix: <one imperative> (<path>)`: one line, the start stands alone. */
export function renderFinding(judgement: Judgement): string {
  const { rule, finding } = judgement;
  const where = pathOf(finding.location);
  const fix = `fix: ${finding.fix}${where === "" ? "" : ` (${where})`}`;
  return inOneLine(`[${rule.id}] ${messageOf(judgement)} — ${fix}`);
}

/** What is wrong, with what is known about it beyond the rule's own words. */
export function messageOf({ finding, wouldAdd, notVerified }: Judgement): string {
  const addition = wouldAdd === undefined ? "" : `; ${additionText(wouldAdd)}`;
  const doubt = notVerified === undefined ? "" : ` (not verified: ${notVerified})`;
  return `${finding.message}${addition}${doubt}`;
}

/** `Deployment platform-application/api`; cluster-scoped objects have no namespace. */
export function renderSubject(subject: Subject): string {
  const kind = kindWord(subject.kind);
  const subresource = subject.subresource === "" ? "" : `/${subject.subresource}`;
  const clusterScoped = subject.namespace === "" || subject.kind === "Namespace";
  const name = clusterScoped ? subject.name : `${subject.namespace}/${subject.name}`;
  return inOneLine(`${kind}${subresource} ${name}`);
}

/** A name with a line end in it could start a line that looks like a finding. */
function inOneLine(text: string): string {
  const line = text.slice(0, 2 * LONGEST_LINE).replace(LINE_ENDS, " ");
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE - 1)}…`;
}

function additionText({ value, enforced }: NonNullable<Judgement["wouldAdd"]>): string {
  return enforced ? `admission would add ${value}` : `if enforced, admission would add ${value}`;
}
