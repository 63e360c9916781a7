import type { PlanContext } from "./secret-plan.ts";
import type { SecretState } from "./secret-state.ts";

/** What a rotation that is under way waits for, as a clause; undefined when none is. */
export function waitingFor(state: SecretState, context: PlanContext): string | undefined {
  if (state.kind !== "valid") return undefined;
  const { managed, examination } = state;
  const { authority, authorities, issuer } = examination;
  if (authority === undefined) return undefined;
  const { generation, dropAfter, pendingSince } = managed;
  if (issuer !== authority.certificate) {
    const named = `CA generation ${generation} is published`;
    const trusted = context.trustedSince(authority.pair.cert);
    if (trusted === undefined) return `${named}, waiting until every webhook entry contains it`;
    const since = Math.max(trusted, pendingSince ?? authority.certificate.validFromDate.getTime());
    return `${named}, the leaf moves to it after ${iso(since + context.overlapMs)}`;
  }
  if (authorities.length < 2 || dropAfter === undefined) return undefined;
  return `the CA before generation ${generation} stays trusted until ${iso(dropAfter)}`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
