import { SERVE_SETTINGS } from "./settings-serve.ts";

export const CERTS_SETTINGS = {
  certDir: SERVE_SETTINGS.certDir,
  leafLife: SERVE_SETTINGS.leafLife,
  caLife: SERVE_SETTINGS.caLife,
} as const;
