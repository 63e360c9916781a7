// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what people write in manifests
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { credentialIn, credentialOf, credentialParts } from "../../src/kubernetes/credential.ts";
import { isCredentialName } from "../../src/kubernetes/credential-name.ts";
import { isLiteralCredential } from "../../src/kubernetes/credential-reference.ts";
import { credentialsByName } from "../../src/kubernetes/credential-text.ts";
import { variablesIn } from "../../src/kubernetes/env-expansion.ts";

// Put together here, so that no scanner takes this file for a leak.
const jwtHeader = btoa(JSON.stringify({ alg: "HS256", typ: "JWT" })).replaceAll("=", "");
const pem = (kind: string) => `-----BEGIN ${kind}-----\nMIIE\n-----END ${kind}-----`;

const certain: readonly (readonly [string, string])[] = [
  ["private-key", pem("RSA PRIVATE KEY")],
  ["private-key", `ssl:\n  key: |\n${pem("OPENSSH PRIVATE KEY")}`],
  ["private-key", `tls.key: ${btoa(pem("ENCRYPTED PRIVATE KEY"))}`],
  ["url-password", "postgres://user:hunter2@db:5432/app"],
  ["url-password", "redis://:hunter2@cache"],
  ["url-password", "mongodb://u:p@h1:27017,h2:27017/db"],
  ["url-password", "amqp://u:p@w@rabbit"],
  ["url-password", "see jdbc:oracle:thin:scott/tiger@db:1521"],
  ["url-password", "postgres://u:$$(DB_PASSWORD)@db"],
  ["dsn-password", "jdbc:postgresql://db/app?user=u&password=hunter2"],
  ["dsn-password", "host=db user=u password=hunter2 dbname=app"],
  ["dsn-password", "Server=db;User Id=u;Pwd=hunter2;"],
  ["dsn-password", 'x.PlainLoginModule required username="u" password="hunter2";'],
  ["aws-access-key", `key AKI${"A".repeat(17)} end`],
  ["google-api-key", `AIz${"a".repeat(36)}`],
  ["github-token", `ghp${"_"}${"a1".repeat(18)}`],
  ["gitlab-token", `glpat${"-"}${"a1".repeat(10)}`],
  ["slack-token", `xoxb${"-"}${"1a".repeat(12)}`],
  ["jwt", `Bearer ${jwtHeader}.eyJzdWIiOiJhIn0.c2lnbmF0dXJl`],
];

const harmless: readonly string[] = [
  pem("CERTIFICATE"),
  pem("PUBLIC KEY"),
  btoa(pem("CERTIFICATE")),
  "https://issuer.example.com/realms/a@b",
  "https://user@host/path",
  "https://host:8443/x@y",
  "postgres://u:$(DB_PASSWORD)@db",
  "postgres://u:${DB_PASSWORD}@db",
  'postgres://u:{{ .Values.db.password | default "a/b" }}@db',
  "postgres://%s:%s@%s/db",
  "postgres://<user>:<password>@db",
  "jdbc:postgresql://db/app?user=u&password=${DB_PASSWORD}",
  "host=db user=u password= dbname=app",
  "the password=hunter2 of nothing in particular",
  `AKIA${"a".repeat(16)}`,
  `xAKI${"A".repeat(17)}`,
  "eyJub3QiOiJhIGp3dCJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl",
  "git+ssh://git@example.com:org/repo",
];

suite("the credential detector", () => {
  for (const [detector, text] of certain) {
    test(`sees ${detector} in ${text.slice(0, 18)}…`, () => {
      assert.deepEqual(credentialIn(text), { detector, isCertain: true });
    });
  }

  for (const text of harmless) {
    test(`sees nothing in ${JSON.stringify(text.slice(0, 50))}`, () => {
      assert.equal(credentialIn(text), undefined);
    });
  }

  test("trusts a variable in a URL only if it is resolved by a reference", () => {
    const url = "postgres://u:$(DB_PASSWORD)@db";
    assert.equal(
      credentialIn(url, (name) => name === "DB_PASSWORD"),
      undefined,
    );
    assert.equal(credentialIn(url, () => false)?.detector, "url-password");
  });

  test("goes by the name where the value shows nothing", () => {
    assert.equal(credentialOf("KC_DB_PASSWORD", "changeme")?.detector, "credential-name");
    assert.equal(credentialOf("KC_DB_PASSWORD_FILE", "changeme"), undefined);
    assert.equal(credentialOf("DATABASE_URL", "postgres://u:p@db")?.detector, "url-password");
    assert.equal(credentialOf("DB_PASSWORD", "$$(X)")?.isCertain, false);
  });

  test("takes linear time for text made to slow it down", () => {
    const size = 1 << 20;
    const pieces = [
      "://",
      "://{{",
      "://${",
      "://a:",
      "a:b@",
      "jdbc:oracle:",
      "jdbc:oracle:a/",
      "password",
      "password=",
      "host=?password=${",
      "host= password='",
      "-----BEGIN ",
      "-----BEGIN PRIVATE KEY-----\n",
      "LS0tLS1CRUdJTi",
      "eyJ",
      "eyJ.",
      "eyJhIjox.",
      "AKIA",
      "$(",
      "$$(",
      "/a",
      "1m",
      "\n",
      "a: ",
      "{",
      "[[",
      '{"a":',
      "P1Y",
    ];
    for (const piece of pieces) {
      const text = piece.repeat(size / piece.length);
      const start = performance.now();
      credentialOf("PASSWORD", text);
      for (const _ of credentialsByName(text));
      for (const _ of credentialParts(text));
      const took = performance.now() - start;
      assert.ok(took < 3_000, `${JSON.stringify(piece)} took ${Math.round(took)} ms`);
    }
  });

  test("never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (name, value) => {
        credentialOf(name, value);
        for (const _ of credentialsByName(value));
      }),
    );
  });
});

suite("a name of a credential", () => {
  const names = [
    "PASSWORD",
    "KC_DB_PASSWORD",
    "db.password",
    "dbPassword",
    "DBPassword",
    "PGPASSWORD",
    "MYSQL_PWD",
    "CLIENT_SECRET",
    "clientSecret",
    "API_KEY",
    "apiKey",
    "X-Api-Key",
    "APIKEY",
    "AWS_SECRET_ACCESS_KEY",
    "SECRET_KEY",
    "ssh.privateKey",
    "GITHUB_TOKEN",
    "credentials",
    "keyStorePassphrase",
    "auth[0].password",
  ];
  for (const name of names) test(`is ${name}`, () => assert.ok(isCredentialName(name)));

  const others = [
    "PASSWORD_FILE",
    "SECRET_NAME",
    "TOKEN_URL",
    "TOKEN_ENDPOINT",
    "ACCESS_TOKEN_LIFESPAN",
    "PASSWORD_POLICY",
    "TOKEN_TTL",
    "SECRET_PATH",
    "PASSWORD_LENGTH",
    "API_KEY_HEADER",
    "TOKENS",
    "KEY",
    "PUBLIC_KEY",
    "MONKEY",
    "SECRETARY",
    "existingSecret",
    "imagePullSecret",
    "",
    "___",
    "passwordSecret",
    "TOKEN_TYPE",
  ];
  for (const name of others) test(`is not ${name}`, () => assert.ok(!isCredentialName(name)));
});

suite("a literal credential", () => {
  for (const value of ["changeme", "x", "123456", "p w", "a/b", "$$(X)", "/9j+=="]) {
    test(`is ${value}`, () => assert.ok(isLiteralCredential(value)));
  }

  const others = [
    "",
    "  ",
    "$(X)",
    "pre$(X)",
    "${X}",
    "$DB_PASSWORD",
    "{{ .x }}",
    "vault:secret/data/a#b",
    "ref+awsssm://x",
    "file:/run/x",
    "true",
    "No",
    "30s",
    "1h30m",
    "PT5M",
    "P1D",
    "/run/secrets/x",
    "C:\\secrets\\x",
    "ENC[AES256_GCM,data:x]",
  ];
  for (const value of others) {
    test(`is not ${JSON.stringify(value)}`, () => assert.ok(!isLiteralCredential(value)));
  }
});

suite("configuration text", () => {
  const found = (text: string) =>
    [...credentialsByName(text)].map(({ name, line }) => `${name}:${line}`);

  test("names credentials of properties, YAML, INI and shell with their line", () => {
    const text = [
      "# db.password=old",
      "db.password=hunter2",
      "token: abc",
      "password: ${X}",
      "password: |",
      "password: *anchor",
      "export API_KEY='k'",
      '  "clientSecret": "c",',
      "password = os.getenv(x)",
      "- name: DB_PASSWORD",
      "  value: hunter2",
      "- name: DB_PASSWORD",
      "  valueFrom: {}",
      "value: plain",
      "the password: is secret",
    ].join("\r\n");
    assert.deepEqual(found(text), [
      "db.password:2",
      "token:3",
      "API_KEY:7",
      "clientSecret:8",
      "DB_PASSWORD:11",
    ]);
  });

  test("names credentials anywhere in JSON", () => {
    const json = JSON.stringify({
      db: { password: "x", user: "u", passwordFile: "f" },
      env: [
        { name: "API_KEY", value: "k" },
        { name: "A", valueFrom: {} },
      ],
      pwd: 123456,
      token: null,
    });
    assert.deepEqual(found(json).sort(), [
      "API_KEY:undefined",
      "password:undefined",
      "pwd:undefined",
    ]);
  });
});

test("variables are read as the kubelet expands them", () => {
  assert.deepEqual([...variablesIn("$(A) $$(B) $$$(C) $x(D) $(E) $(F")], ["A", "C", "E"]);
  assert.deepEqual([...variablesIn("$")], []);
});
