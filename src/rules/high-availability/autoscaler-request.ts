import type { Subject } from "../../engine/subject.ts";
import { HPA_CONTROLLERS } from "../../kubernetes/autoscaling.ts";

/**
 * An autoscaler doing what its HPA or ScaledObject says: that one is judged, not each of its steps.
 * KEDA's account is one of the policy's trusted controllers.
 */
export function isAutoscalerRequest({ subresource, user, byController }: Subject): boolean {
  return subresource === "scale" && (byController || HPA_CONTROLLERS.includes(user));
}
