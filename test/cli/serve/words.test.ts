import assert from "node:assert/strict";
import { test } from "node:test";
import { listenOn } from "../../../src/cli/serve/listen.ts";
import type { ServeSettings } from "../../../src/cli/serve/settings.ts";
import { welcome } from "../../../src/cli/serve/welcome.ts";
import { namesNoLayer } from "../../../src/engine/layered-namespaces.ts";
import type { CertificateSource } from "../../../src/usecases/ports/certificate-source.ts";
import { UNREADABLE } from "../../support/builders.ts";
import { policyWith } from "../../support/policy.ts";

function failing(code: string) {
  return { listen: () => Promise.reject(Object.assign(new Error(code), { code })) };
}

test("a port that cannot be had names its flag, an address its own", async () => {
  await assert.rejects(listenOn(failing("EADDRINUSE"), "127.0.0.1", 8081, "--ops-port"), {
    message:
      "cannot listen on 127.0.0.1 port 8081: the port is in use; choose another by --ops-port",
  });
  await assert.rejects(listenOn(failing("EADDRNOTAVAIL"), "10.9.9.9", 8081, "--ops-port"), {
    message:
      "cannot listen on 10.9.9.9 port 8081: this machine has no such address; choose another by --host",
  });
});

test("namespaces that cannot be read are not said to have no layer", () => {
  assert.equal(namesNoLayer(UNREADABLE, policyWith()), false);
});

test("the call to paste goes to the address that the guard listens on", () => {
  const source = {
    health: () => ({ healthy: true, detail: "" }),
  } as CertificateSource;
  const at = (host: string | undefined) =>
    welcome({ host, certDir: "nowhere", opsPort: 8081 } as ServeSettings, source, 8443);
  assert.match(at("10.0.0.5"), /https:\/\/10\.0\.0\.5:8443\/validate/);
  assert.match(at("::1"), /https:\/\/\[::1\]:8443, .* http:\/\/\[::1\]:8081\n/);
  assert.match(at("0.0.0.0"), /https:\/\/localhost:8443\/validate/);
});
