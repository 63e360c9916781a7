import { path, text } from "./setting-spec.ts";
import { failPolicy, modeCap, policyFile } from "./settings-policy-options.ts";

export const MANIFESTS_SETTINGS = {
  url: text("Address of a guard outside the cluster: https://guard.example:8443", {
    placeholder: "URL",
    defaultText: "the Service keymate-guard",
  }),
  caFile: path("CA certificate that the API server is to trust, PEM", {}),
  policy: policyFile,
  mode: modeCap,
  failPolicy,
} as const;
