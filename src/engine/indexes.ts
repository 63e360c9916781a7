import {
  type Index,
  INDEXES as KUBERNETES_INDEXES,
  type IndexName as KubernetesIndexName,
  nameKey,
} from "../kubernetes/indexes.ts";
import { podTemplateOf, WORKLOAD_KINDS, WORKLOAD_RESOURCES } from "../kubernetes/workload.ts";
import { declaredComponent } from "./platform.ts";

/**
 * Those of the relations of Kubernetes, and of what the platform says itself:
 * - `component`: workloads that declare a component, by `nameKey`
 */
export type IndexName = KubernetesIndexName | "component";

export const INDEXES: Readonly<Record<IndexName, Index>> = {
  ...KUBERNETES_INDEXES,
  component: {
    kinds: [...WORKLOAD_KINDS.filter((kind) => kind !== "Pod"), ...WORKLOAD_RESOURCES],
    keys({ kind, namespace, object }) {
      const component = declaredComponent(object, podTemplateOf(kind, object)?.labels);
      return component === undefined ? [] : [nameKey(namespace, component)];
    },
  },
};
