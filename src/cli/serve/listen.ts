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
    const { text, isAddress } = reason(error);
    throw environmentError(
      "cannot-listen",
      `cannot listen on ${where}: ${text}; choose another by ${isAddress ? "--host" : flag}`,
      error,
    );
  }
}

function reason(error: unknown): { readonly text: string; readonly isAddress: boolean } {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (code === "EADDRINUSE") return { text: "the port is in use", isAddress: false };
  if (code === "EACCES") return { text: "no permission for this port", isAddress: false };
  if (["EADDRNOTAVAIL", "ENOTFOUND", "EAI_AGAIN", "EINVAL"].includes(code)) {
    return { text: "this machine has no such address", isAddress: true };
  }
  return { text: error instanceof Error ? error.message : String(error), isAddress: false };
}
