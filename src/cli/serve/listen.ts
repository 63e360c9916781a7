import type { AddressInfo } from "node:net";
import { environmentError } from "../../usecases/app-error.ts";

interface Listener {
  listen(address: { readonly host?: string; readonly port: number }): Promise<AddressInfo>;
}

/** Binds and gives the port in use. Throws AppError that names the flag to change. */
export async function listenOn(
  listener: Listener,
  host: string | undefined,
  port: number,
  flag: string,
): Promise<number> {
  try {
    const address = await listener.listen({ port, ...(host === undefined ? {} : { host }) });
    return address.port;
  } catch (error) {
    const where = `${host ?? "all interfaces"} port ${port}`;
    throw environmentError(
      "cannot-listen",
      `cannot listen on ${where}: ${reason(error)}; choose another by ${flag}`,
      error,
    );
  }
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "EADDRINUSE") return "the port is in use";
  if (code === "EACCES") return "no permission for this port";
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return "this machine has no such address";
  return error instanceof Error ? error.message : String(error);
}
