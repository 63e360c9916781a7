import { asObject, type JsonObject, own, ownArray, ownObject } from "../kubernetes/json.ts";
import { compareQuantities, parseQuantity } from "../kubernetes/quantity.ts";
import type { CheckContext } from "./policy-checks.ts";
import type { Path } from "./problem.ts";
import { show } from "./schema-mistakes.ts";

/** Reports defaults whose request exceeds the limit: the API server would refuse every workload. */
export function checkResources(context: CheckContext): void {
  const spec = ownObject(context.merged, "spec");
  const defaults = ownObject(spec, "defaults");
  checkAmounts(context, ownObject(defaults, "resources"), ["spec", "defaults", "resources"]);
  const effective = ownArray(spec, "components").map(asObject);
  const written = ownArray(ownObject(context.user, "spec"), "components");
  for (const [index, item] of written.entries()) {
    const name = own(asObject(item), "name");
    const component = effective.find((one) => own(one, "name") === name);
    const path = ["spec", "components", index, "resources"];
    checkAmounts(context, ownObject(component, "resources"), path);
  }
}

function checkAmounts(context: CheckContext, resources: JsonObject | undefined, path: Path): void {
  for (const resource of ["cpu", "memory"]) {
    const request = amountAt(context, resources, [...path, "requests", resource]);
    const limit = amountAt(context, resources, [...path, "limits", resource]);
    if (request === undefined || limit === undefined) continue;
    if (compareQuantities(request.quantity, limit.quantity) <= 0) continue;
    const message = `is more than the limit: ${show(request.written)} against ${show(limit.written)}`;
    context.report([...path, "requests", resource], message);
  }
}

/** Kubernetes reads a 0 as if nothing were written: as a default it would say nothing at all. */
function amountAt(context: CheckContext, resources: JsonObject | undefined, path: Path) {
  const [kind = "", resource = ""] = path.slice(-2).map(String);
  const written = own(ownObject(resources, kind), resource);
  const quantity = parseQuantity(written);
  if (quantity === undefined) return undefined;
  if (quantity.nano > 0n) return { written, quantity };
  // The schema has refused the number 0 already.
  if (typeof written === "string") context.report(path, "must be more than 0");
  return undefined;
}
