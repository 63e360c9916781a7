import type { Mode } from "../../engine/modes.ts";

/** What `serve` was told, defaults resolved; times in milliseconds. */
export interface ServeSettings {
  readonly host: string | undefined;
  readonly port: number;
  readonly opsPort: number;
  readonly policy: string | undefined;
  readonly mode: Exclude<Mode, "off">;
  readonly cluster: "auto" | "none" | "in-cluster" | "kubeconfig";
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly state: string | undefined;
  readonly certSource: "self-managed" | "files";
  readonly certDir: string;
  readonly leafLife: number;
  readonly caLife: number;
  readonly caOverlap: number;
  readonly caDrop: number;
  readonly manageWebhooks: boolean | undefined;
  readonly events: boolean | undefined;
  readonly failPolicy: "auto" | "ignore" | "fail";
  readonly failAfterReplicas: number;
  readonly failAfter: number;
  readonly servicePort: number;
  readonly drain: number | undefined;
}
