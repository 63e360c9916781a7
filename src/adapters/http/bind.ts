import type { AddressInfo, Server } from "node:net";

/** Listens and resolves with the address; rejects with the error of the operating system. */
export function bind(server: Server, port: number, host: string | undefined): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(host === undefined ? { port } : { port, host }, () => {
      server.off("error", reject);
      resolve(server.address() as AddressInfo);
    });
  });
}
