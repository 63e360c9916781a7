import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  X509Certificate,
} from "node:crypto";
import { children, type Der, decode, isExplicit, isObjectId, octets } from "./der.ts";
import { authorityExtensions, leafExtensions, SUBJECT_KEY_ID } from "./extensions.ts";
import { ORGANISATION } from "./organisation.ts";
import { distinguishedName, sign } from "./sign.ts";

/** A certificate and its private key (PKCS #8), both PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface AuthorityOptions {
  readonly commonName: string;
  /** Counts up with every new CA; part of its subject. */
  readonly generation: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly lifeMs: number;
}

export interface LeafOptions {
  readonly names: readonly string[];
  readonly ips: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly lifeMs: number;
}

const DAY_MS = 86_400_000;

/** A self-signed P-256 CA that may sign leaves only (path length 0). */
export function createAuthority(options: AuthorityOptions): KeyPair {
  const { publicKey, privateKey } = newKey();
  const { spki, keyId } = publicPart(publicKey);
  const name = distinguishedName(
    ORGANISATION,
    `${options.commonName} generation ${options.generation}`,
  );
  const cert = sign(
    {
      serial: newSerial(),
      issuer: name,
      subject: name,
      ...validity(options.now, options.lifeMs),
      spki,
      extensions: authorityExtensions(keyId),
    },
    privateKey,
  );
  return { cert, key: pem(privateKey) };
}

/**
 * A P-256 TLS server certificate signed by `ca`, never outliving it.
 * @throws TypeError when there is no name at all, an address is malformed or the CA key is of
 *   a kind that cannot sign here.
 */
export function issueLeaf(ca: KeyPair, options: LeafOptions): KeyPair {
  const first = options.names[0] ?? options.ips[0];
  if (first === undefined) throw new TypeError("a certificate needs a DNS name or an IP address");
  const { publicKey, privateKey } = newKey();
  const { spki, keyId } = publicPart(publicKey);
  const authority = new X509Certificate(ca.cert);
  const issuer = issuerParts(authority);
  const { notBefore, notAfter } = validity(options.now, options.lifeMs);
  const cert = sign(
    {
      serial: newSerial(),
      issuer: issuer.name,
      subject: distinguishedName(undefined, first),
      notBefore: new Date(Math.max(notBefore.getTime(), authority.validFromDate.getTime())),
      notAfter: new Date(Math.min(notAfter.getTime(), authority.validToDate.getTime())),
      spki,
      extensions: leafExtensions({ ...options, keyId, authorityKeyId: issuer.keyId }),
    },
    createPrivateKey(ca.key),
  );
  return { cert, key: pem(privateKey) };
}

/** Backdated for API servers whose clock is slow. */
function validity(now: number, lifeMs: number): { notBefore: Date; notAfter: Date } {
  const backdate = Math.min(DAY_MS, lifeMs / 4);
  return { notBefore: new Date(now - backdate), notAfter: new Date(now + lifeMs) };
}

function newKey(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

/** 16 bytes whose first two bits are 01: positive, random and always the same length. */
function newSerial(): Buffer {
  const serial = randomBytes(16);
  serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40, 0);
  return serial;
}

function publicPart(key: KeyObject): { spki: Der; keyId: Buffer } {
  const spki = decode(key.export({ type: "spki", format: "der" }));
  // RFC 7093, method 1: 160 bits of SHA-256 over the key bits (the first octet counts unused ones).
  const bits = octets(children(spki)[1]).subarray(1);
  return { spki, keyId: createHash("sha256").update(bits).digest().subarray(0, 20) };
}

/** What a leaf has to repeat byte by byte; X509Certificate shows neither. */
function issuerParts(ca: X509Certificate): { name: Der; keyId: Buffer | undefined } {
  const fields = children(children(decode(ca.raw))[0]);
  // version [0] is there in every certificate that has extensions
  const name = fields[isExplicit(fields[0], 0) ? 5 : 4];
  if (name === undefined) throw new TypeError("the CA certificate has no subject");
  const extensions = children(children(fields.find((field) => isExplicit(field, 3)))[0]);
  const found = extensions.find((item) => isObjectId(children(item)[0], SUBJECT_KEY_ID));
  const value = found === undefined ? undefined : children(found).at(-1);
  return { name, keyId: value === undefined ? undefined : octets(decode(octets(value))) };
}

function pem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}
