import { jsonEqual } from "../kubernetes/equality.ts";
import { type JsonObject, ownObject } from "../kubernetes/json.ts";
import { revisionWithTemplate } from "../kubernetes/revision.ts";
import type { ClusterView } from "./cluster-view.ts";
import { Judged, type Subject } from "./subject.ts";

/**
 * The old object with the template of the update, where that is a revision which its controller
 * still retains: an undo is not refused for what was wrong with the revision it returns to.
 */
export function formerState(cluster: ClusterView, subject: Subject): Judged | undefined {
  const { kind, namespace, old, object, subresource } = subject;
  const template = object.template;
  if (old === undefined || template === undefined || subresource !== "") return undefined;
  if (jsonEqual(template.raw, old.template?.raw)) return undefined;
  const states = { old: old.raw, template: template.raw };
  if (revisionWithTemplate(cluster, kind, namespace, states) === undefined) return undefined;
  return new Judged(kind, withTemplate(old.raw, template.raw));
}

/** Only for kinds with revisions, which all have their template at spec.template. */
function withTemplate(object: JsonObject, template: JsonObject): JsonObject {
  return { ...object, spec: { ...ownObject(object, "spec"), template } };
}
