import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Connection } from "../../../src/adapters/kube/api-client.ts";
import { Credentials } from "../../../src/adapters/kube/credentials.ts";
import { HttpConnection } from "../../../src/adapters/kube/http-connection.ts";
import type { JsonObject } from "../../../src/kubernetes/json.ts";
import type { Logger } from "../../../src/usecases/ports/logger.ts";

/** Waits for something that another connection brings about. */
export async function until(condition: () => boolean, what = condition.toString()): Promise<void> {
  for (let turn = 0; turn < 2500; turn += 1) {
    if (condition()) return;
    await pause(2);
  }
  assert.fail(`never came true: ${what}`);
}

/** Lets everything that is under way on loopback arrive. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await pause(2);
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export function memoryLogger(): Logger & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: string) => (fields: LogLine["fields"], message: string) => {
    lines.push({ level, message, fields });
  };
  return { lines, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** Plain HTTP without credentials. */
export function connectTo(server: string): Connection {
  const login = {
    cluster: { server, skipTLSVerify: false },
    user: { name: "test" },
    namespace: undefined,
  };
  const unused = () => Promise.reject(new Error("not used here"));
  const methods = {
    load: () => Promise.resolve(login),
    execAuth: unused,
    fileAuth: unused,
    fullConfig: unused,
  };
  return new HttpConnection(new Credentials(login, methods));
}

export function half(): number {
  return 0.5;
}

export function configMap(name: string, namespace = "default", data: object = {}): JsonObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data };
}
