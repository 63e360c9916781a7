import type { AddressInfo } from "node:net";
import fastify from "fastify";
import { bind } from "./bind.ts";
import { NO_SCHEMAS } from "./no-schemas.ts";
import { addOpsRoutes, type OpsDeps } from "./ops-routes.ts";

export interface OpsServer {
  /** Port 0 takes a free one. Rejects as net.Server does. */
  listen(address: { readonly host?: string; readonly port: number }): Promise<AddressInfo>;
  close(): Promise<void>;
}

/** Plain HTTP for probes and Prometheus; up before the first certificate, and last to go. */
export function buildOpsServer(deps: OpsDeps): OpsServer {
  const app = fastify({
    logger: false,
    bodyLimit: 1024,
    requestTimeout: 5_000,
    keepAliveTimeout: 75_000,
    http: { headersTimeout: 5_000, connectionsCheckingInterval: 2_000 },
    forceCloseConnections: true,
    return503OnClosing: false,
    schemaController: NO_SCHEMAS,
  });
  app.server.maxConnections = 200;
  addOpsRoutes(app, deps);
  return {
    listen: async ({ host, port }) => {
      await app.ready();
      return bind(app.server, port, host);
    },
    close: async () => {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}
