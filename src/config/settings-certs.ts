import { text } from "./setting-spec.ts";
import { SERVE_SETTINGS } from "./settings-serve.ts";

export const CERTS_SETTINGS = {
  certDir: SERVE_SETTINGS.certDir,
  cluster: SERVE_SETTINGS.cluster,
  kubeconfig: SERVE_SETTINGS.kubeconfig,
  context: SERVE_SETTINGS.context,
  namespace: text("Where the Secret is that inspect shows of a cluster", {
    placeholder: "NAMESPACE",
    defaultText: "that of the pod, else keymate-guard",
  }),
  leafLife: SERVE_SETTINGS.leafLife,
  caLife: SERVE_SETTINGS.caLife,
} as const;
