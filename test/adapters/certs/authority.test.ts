import assert from "node:assert/strict";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createAuthority, issueLeaf } from "../../../src/adapters/certs/authority.ts";
import { children, decode, isExplicit } from "../../../src/adapters/certs/der.ts";
import {
  DAY,
  HOUR,
  MINUTE,
  makeAuthority,
  makeLeaf,
  NAMES,
  SECOND,
} from "./support/certificates.ts";
import { hasOpenSsl, openSsl } from "./support/openssl.ts";

const now = Date.parse("2026-03-01T12:00:00Z");

function read(pem: string): X509Certificate {
  return new X509Certificate(pem);
}

/** DER tag of notAfter: 23 UTCTime, 24 GeneralizedTime. */
function endTag(pem: string): number {
  const fields = children(children(decode(read(pem).raw))[0]);
  const validity = fields[isExplicit(fields[0], 0) ? 4 : 3];
  return Number(children(validity)[1]?.type);
}

describe("authority", () => {
  it("is a P-256 CA that carries its generation in its name", () => {
    const ca = read(makeAuthority(now, 7).cert);
    assert.equal(ca.ca, true);
    assert.equal(ca.subject, "O=keymate-guard\nCN=keymate-guard generation 7");
    assert.equal(ca.issuer, ca.subject);
    assert.equal(ca.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
    assert.equal(ca.verify(ca.publicKey), true);
  });

  it("signs leaves that chain to it and cover every name and address", () => {
    const pair = makeAuthority(now);
    const ca = read(pair.cert);
    const leaf = read(makeLeaf(pair, now).cert);
    assert.equal(leaf.ca, false);
    assert.equal(leaf.checkIssued(ca), true);
    assert.equal(leaf.verify(ca.publicKey), true);
    assert.deepEqual(leaf.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
    assert.equal(leaf.checkHost("localhost", { subject: "never" }), "localhost");
    assert.equal(leaf.checkIP("::1"), "::1");
    assert.equal(leaf.checkIP("10.0.0.1"), undefined);
  });

  it("backdates by a quarter of a short life and by 24 h at most", () => {
    const backdate = (lifeMs: number): number =>
      now - read(makeAuthority(now, 1, lifeMs).cert).validFromDate.getTime();
    assert.equal(backdate(40 * SECOND), 10 * SECOND);
    assert.equal(backdate(4 * HOUR), HOUR);
    assert.equal(backdate(400 * DAY), DAY);
  });

  it("writes years from 2050 on as GeneralizedTime and earlier ones as UTCTime", () => {
    const until = (date: string): string => makeAuthority(now, 1, Date.parse(date) - now).cert;
    const last = until("2049-12-31T23:59:59Z");
    const first = until("2050-01-01T00:00:00Z");
    assert.equal(endTag(last), 23);
    assert.equal(endTag(first), 24);
    assert.equal(read(last).validToDate.toISOString(), "2049-12-31T23:59:59.000Z");
    assert.equal(read(first).validToDate.toISOString(), "2050-01-01T00:00:00.000Z");
  });

  it("keeps a leaf within the dates of its CA", () => {
    const pair = makeAuthority(now, 1, HOUR);
    const ca = read(pair.cert);
    const leaf = read(makeLeaf(pair, now, NAMES, 90 * DAY).cert);
    assert.equal(leaf.validTo, ca.validTo);
    assert.equal(leaf.validFrom, ca.validFrom);
  });

  it("gives every certificate a positive serial number of 128 bits of its own", () => {
    const pair = makeAuthority(now);
    const serials = Array.from({ length: 50 }, () => read(makeLeaf(pair, now).cert).serialNumber);
    assert.equal(new Set(serials).size, serials.length);
    for (const serial of serials) assert.match(serial, /^[4-7][0-9A-F]{31}$/);
  });

  it("leaves out a common name that X.509 has no room for", () => {
    const name = `${"a".repeat(60)}.example.com`;
    const leaf = read(makeLeaf(makeAuthority(now), now, [name]).cert);
    assert.equal(leaf.subject ?? "", "");
    assert.equal(leaf.checkHost(name), name);
  });

  it("refuses to sign for nobody and for an address that is none", () => {
    const ca = makeAuthority(now);
    const issue = (names: string[], ips: string[]) => () =>
      issueLeaf(ca, { names, ips, now, lifeMs: DAY });
    assert.throws(issue([], []), /needs a DNS name or an IP address/);
    assert.throws(issue([], ["300.1.1.1"]), /not an IP address/);
  });

  it("writes IPv6 addresses as OpenSSL reads them, in any notation", () => {
    const ca = makeAuthority(now);
    fc.assert(
      fc.property(fc.ipV6(), (ip) => {
        const leaf = read(issueLeaf(ca, { names: [], ips: [ip], now, lifeMs: DAY }).cert);
        assert.equal(leaf.checkIP(ip), ip);
      }),
      { numRuns: 100 },
    );
  });
});

describe("authority and OpenSSL", { skip: hasOpenSsl ? false : "openssl is not installed" }, () => {
  const verify = [
    "verify",
    "-x509_strict",
    "-purpose",
    "sslserver",
    "-CAfile",
    "ca.crt",
    "leaf.crt",
  ];

  it("agree on the chain under the strict rules of RFC 5280", () => {
    const ca = makeAuthority(Date.now());
    const leaf = makeLeaf(ca, Date.now());
    assert.match(openSsl(verify, { "ca.crt": ca.cert, "leaf.crt": leaf.cert }), /leaf\.crt: OK/);
  });

  it("agree on every prescribed extension", () => {
    const ca = makeAuthority(now);
    const text = (pem: string): string =>
      openSsl(["x509", "-in", "c.crt", "-noout", "-text"], { "c.crt": pem });
    const caText = text(ca.cert);
    assert.match(caText, /Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    assert.match(caText, /Key Usage: critical\s+Certificate Sign, CRL Sign/);
    const keyId = /Subject Key Identifier:\s+([0-9A-F:]+)/.exec(caText)?.[1];
    const leafText = text(makeLeaf(ca, now).cert);
    assert.match(leafText, /Basic Constraints: critical\s+CA:FALSE/);
    assert.match(leafText, /Key Usage: critical\s+Digital Signature\n/);
    assert.match(leafText, /Extended Key Usage:\s+TLS Web Server Authentication\n/);
    assert.match(leafText, new RegExp(`Authority Key Identifier:\\s+(keyid:)?${keyId}`));
    assert.match(leafText, /Signature Algorithm: ecdsa-with-SHA256/);
  });

  for (const algorithm of ["rsa:2048", "ed25519", "ec"]) {
    it(`agree on a leaf signed by somebody else's ${algorithm} CA`, () => {
      const type = algorithm === "ec" ? ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"] : [algorithm];
      const request = ["req", "-x509", "-nodes", "-subj", "/C=DE/O=Größe & Co/CN=Corp", "-utf8"];
      const both = openSsl(
        [
          ...request,
          "-newkey",
          ...type,
          "-keyout",
          "-",
          "-days",
          "30",
          "-addext",
          "keyUsage=critical,keyCertSign",
        ],
        {},
      );
      const cut = both.indexOf("-----BEGIN CERTIFICATE");
      const ca = { key: both.slice(0, cut), cert: both.slice(cut) };
      const leaf = makeLeaf(ca, Date.now());
      assert.match(openSsl(verify, { "ca.crt": ca.cert, "leaf.crt": leaf.cert }), /leaf\.crt: OK/);
    });
  }
});

describe("authority, with a CA key that cannot sign here", () => {
  it("says which type it has", () => {
    const ca = createAuthority({ commonName: "x", generation: 1, now, lifeMs: MINUTE });
    const { privateKey } = generateKeyPairSync("x25519");
    const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    assert.throws(() => makeLeaf({ cert: ca.cert, key }, now), /type x25519 cannot be used/);
  });
});
