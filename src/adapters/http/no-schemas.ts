import type { FastifyServerOptions } from "fastify";

/**
 * For servers whose routes have no schemas. Fastify loads two schema compilers at start unless it is
 * given others: half a megabyte of code that nothing here would call.
 */
export const NO_SCHEMAS: NonNullable<FastifyServerOptions["schemaController"]> = {
  compilersFactory: { buildValidator: refuseSchema, buildSerializer: refuseSchema },
};

function refuseSchema(): never {
  throw new Error("routes of the guard have no schemas");
}
