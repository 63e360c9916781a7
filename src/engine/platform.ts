import { type JsonObject, own, ownObject, ownString } from "../kubernetes/json.ts";
import { labelOf } from "../kubernetes/object.ts";
import { matchesAny } from "./glob.ts";

export const PREFIX = "policy.keymate.io/";
export const LAYER_LABEL = `${PREFIX}layer`;
export const COMPONENT_LABEL = `${PREFIX}component`;
export const PART_OF_LABEL = "app.kubernetes.io/part-of";

/** Quantities as the user wrote them; any may be missing. */
export interface ResourceDefaults {
  readonly requests: { readonly cpu?: string | undefined; readonly memory?: string | undefined };
  readonly limits: { readonly cpu?: string | undefined; readonly memory?: string | undefined };
}

export interface Layer {
  readonly name: string;
  /** Names or `*` globs. */
  readonly namespaces: readonly string[];
}

export interface Component {
  readonly name: string;
  readonly layer: string;
  readonly critical: boolean;
  readonly minReplicas: number;
  readonly resources?: ResourceDefaults | undefined;
  readonly match?:
    | {
        readonly labels?: Readonly<Record<string, string>> | undefined;
        readonly images?: readonly string[] | undefined;
      }
    | undefined;
}

/** What the policy says about the platform itself: data that rules consult. */
export interface Platform {
  /** Value of app.kubernetes.io/part-of. */
  readonly name: string;
  /** Lowest first. */
  readonly layers: readonly Layer[];
  readonly components: ReadonlyMap<string, Component>;
  readonly defaults: {
    readonly resources: ResourceDefaults;
    readonly labels: Readonly<Record<string, string>>;
  };
}

/** The layer that a namespace belongs to: its label wins over the policy's lists. */
export function layerOf(
  platform: Platform,
  namespace: string,
  namespaceObject: JsonObject | undefined,
): string | undefined {
  const labels = namespaceObject && ownObject(ownObject(namespaceObject, "metadata"), "labels");
  if (own(labels, LAYER_LABEL) !== undefined) {
    const label = ownString(labels, LAYER_LABEL);
    return platform.layers.some((layer) => layer.name === label) ? label : undefined;
  }
  return platform.layers.find((layer) => matchesAny(layer.namespaces, namespace))?.name;
}

/** The component that an object declares: on itself, else on its pod template. `none` is legal. */
export function declaredComponent(
  object: JsonObject,
  templateLabels: JsonObject | undefined,
): string | undefined {
  return labelOf(object, COMPONENT_LABEL) ?? ownString(templateLabels, COMPONENT_LABEL);
}
