import type { ClusterView } from "../engine/cluster-view.ts";
import type { Decision } from "../engine/decision.ts";
import { ownString } from "../kubernetes/json.ts";
import { apiVersionOf, groupKind, kindByResource, kindInfo } from "../kubernetes/kinds.ts";
import { displayNameOf, metadataOf, nameOf, uidOf } from "../kubernetes/object.ts";
import { topOwnerOf } from "../kubernetes/owner.ts";
import type { AdmissionPath, AdmissionRequest } from "./ports/admission.ts";
import type { EventReason, EventTarget, GuardEvent } from "./ports/events.ts";

const ACTIONS = { CREATE: "Create", UPDATE: "Update", DELETE: "Delete", CONNECT: "Connect" };
const MAX_NAME = 253;

/** The Event that a decision is worth: refusals, and what the guard's own faults let in or kept out. */
export function eventOf(
  path: AdmissionPath,
  request: AdmissionRequest,
  decision: Decision,
  cluster: ClusterView,
): GuardEvent | undefined {
  // Validation looks at whatever mutation left undone.
  if (request.dryRun || path === "/mutate") return undefined;
  const reason = reasonOf(decision);
  if (reason === undefined) return undefined;
  return {
    reason,
    action: ACTIONS[request.operation],
    regarding: targetOf(request, cluster),
    note: noteOf(request, decision),
  };
}

function reasonOf({ outcome, allowed }: Decision): EventReason | undefined {
  if (outcome === "denied") return "GuardDenied";
  if (outcome !== "error") return undefined;
  return allowed ? "GuardFailedOpen" : "GuardFault";
}

function noteOf(request: AdmissionRequest, { message, warnings }: Decision): string {
  if (message !== undefined) return message;
  const { kind, namespace, object, oldObject } = request;
  const raw = object ?? oldObject;
  const name = request.name || (raw === undefined ? "" : (displayNameOf(raw) ?? ""));
  const place = namespace === "" || kind.kind === "Namespace" ? name : `${namespace}/${name}`;
  return [`${kind.kind} ${place} went in without being judged in full`, ...warnings].join("\n");
}

/**
 * The object if it exists; a refused creation leaves none, so then whoever wanted it: the owner
 * that the cluster knows, else its namespace.
 */
function targetOf(request: AdmissionRequest, cluster: ClusterView): EventTarget {
  const exists = request.operation !== "CREATE" || request.subResource !== "";
  if (exists || request.namespace === "" || request.kind.kind === "Namespace") {
    return objectTarget(request, exists);
  }
  return ownerTarget(request, cluster) ?? namespaceTarget(request.namespace, cluster);
}

function objectTarget(request: AdmissionRequest, exists: boolean): EventTarget {
  const { kind, resource, subResource } = request;
  // A Scale says nothing about its parent's kind; the resource does.
  const parent = subResource === "" ? undefined : kindByResource(resource.group, resource.resource);
  const raw = request.oldObject ?? request.object;
  const name = request.name || (raw === undefined ? "" : (displayNameOf(raw) ?? ""));
  const uid = exists ? ownString(metadataOf(request.oldObject ?? {}), "uid") : undefined;
  return {
    apiVersion: `${resource.group === "" ? "" : `${resource.group}/`}${resource.version}`,
    kind: parent?.kind ?? kind.kind,
    // A Namespace that does not exist cannot hold an Event.
    namespace: exists || kind.kind !== "Namespace" ? request.namespace : "",
    name: name.slice(0, MAX_NAME),
    ...(uid === undefined ? {} : { uid }),
  };
}

function ownerTarget(request: AdmissionRequest, cluster: ClusterView): EventTarget | undefined {
  const { object, namespace } = request;
  if (object === undefined) return undefined;
  const owner = topOwnerOf(object, (kind, name) => cluster.get(kind, namespace, name));
  const info = owner === undefined ? undefined : kindInfo(owner.kind);
  const name = owner === undefined ? undefined : nameOf(owner.object);
  if (owner === undefined || info === undefined || name === undefined) return undefined;
  const uid = uidOf(owner.object);
  return { apiVersion: apiVersionOf(info), kind: info.kind, namespace, name, uid };
}

function namespaceTarget(name: string, cluster: ClusterView): EventTarget {
  const known = cluster.get(groupKind("", "Namespace"), "", name);
  const uid = known === undefined ? undefined : uidOf(known);
  return { apiVersion: "v1", kind: "Namespace", namespace: name, name, uid };
}
