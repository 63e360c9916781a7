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
    const requested = own(ownObject(resources, "requests"), resource);
    const limited = own(ownObject(resources, "limits"), resource);
    const request = parseQuantity(requested);
    const limit = parseQuantity(limited);
    if (request === undefined || limit === undefined) continue;
    if (compareQuantities(request, limit) <= 0) continue;
    const message = `is more than the limit: ${show(requested)} against ${show(limited)}`;
    context.report([...path, "requests", resource], message);
  }
}
