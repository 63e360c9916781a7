import { generateKeyPair, randomBytes } from "node:crypto";
import { isIP } from "node:net";
import { promisify } from "node:util";
import forge from "node-forge";

const generate = promisify(generateKeyPair);
const DAY_MS = 86_400_000;

export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

export interface Subject {
  readonly commonName: string;
  /** Kubernetes reads the organization of a client certificate as its groups. */
  readonly organization?: string;
  /** Host names and addresses; present on a serving certificate only. */
  readonly hosts?: readonly string[];
}

export interface Authority {
  readonly cert: string;
  issue(subject: Subject): Promise<KeyPair>;
}

/** An RSA pair, the only kind that node-forge signs with; node makes it much faster. */
export async function rsaPair(): Promise<{ key: string; publicKey: string }> {
  const pair = await generate("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return { key: pair.privateKey, publicKey: pair.publicKey };
}

function names(subject: Subject): forge.pki.CertificateField[] {
  const cn = { name: "commonName", value: subject.commonName };
  const { organization } = subject;
  return organization ? [{ name: "organizationName", value: organization }, cn] : [cn];
}

function draft(publicKey: string, subject: Subject): forge.pki.Certificate {
  const cert = forge.pki.createCertificate();
  cert.publicKey = forge.pki.publicKeyFromPem(publicKey);
  // The leading 01 keeps the number positive.
  cert.serialNumber = `01${randomBytes(15).toString("hex")}`;
  cert.validity.notBefore = new Date(Date.now() - DAY_MS);
  cert.validity.notAfter = new Date(Date.now() + 365 * DAY_MS);
  cert.setSubject(names(subject));
  return cert;
}

function leafExtensions(hosts: readonly string[]): object[] {
  const usage = { name: "extKeyUsage", clientAuth: true, serverAuth: hosts.length > 0 };
  if (hosts.length === 0) return [usage];
  const altNames = hosts.map((host) =>
    isIP(host) ? { type: 7, ip: host } : { type: 2, value: host },
  );
  return [usage, { name: "subjectAltName", altNames }];
}

/** A throw-away certificate authority for one test cluster. */
export async function createAuthority(commonName: string): Promise<Authority> {
  const pair = await rsaPair();
  const caKey = forge.pki.privateKeyFromPem(pair.key);
  const ca = draft(pair.publicKey, { commonName });
  ca.setIssuer(ca.subject.attributes);
  ca.setExtensions([
    { name: "basicConstraints", cA: true, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    { name: "subjectKeyIdentifier" },
  ]);
  ca.sign(caKey, forge.md.sha256.create());

  async function issue(subject: Subject): Promise<KeyPair> {
    const { key, publicKey } = await rsaPair();
    const cert = draft(publicKey, subject);
    cert.setIssuer(ca.subject.attributes);
    cert.setExtensions(leafExtensions(subject.hosts ?? []));
    cert.sign(caKey, forge.md.sha256.create());
    return { key, cert: forge.pki.certificateToPem(cert) };
  }

  return { cert: forge.pki.certificateToPem(ca), issue };
}
