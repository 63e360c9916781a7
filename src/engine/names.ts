import { z } from "zod";

/** What a parameter may name; the policy loader refuses names that the policy does not hold. */
export type Reference = "layer" | "component";

const reference = (to: Reference) => z.string().meta({ references: to });

/** The name of a layer, in the parameters of a rule. */
export const layerName = reference("layer");

/** The name of a component, in the parameters of a rule. */
export const componentName = reference("component");
