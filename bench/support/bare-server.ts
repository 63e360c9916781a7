/**
 * The yardstick: node:https that parses the body and gives a fixed answer. Nothing less can be an
 * admission webhook in Node. Arguments: port, ops port, certificate folder.
 */
import { readFileSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";

const [port, opsPort, folder = ""] = process.argv.slice(2);
const ANSWER = Buffer.from(
  JSON.stringify({
    kind: "AdmissionReview",
    apiVersion: "admission.k8s.io/v1",
    response: { uid: "00000000-0000-4000-8000-000000000000", allowed: true },
  }),
);

const server = createServer(
  {
    cert: readFileSync(join(folder, "tls.crt")),
    key: readFileSync(join(folder, "tls.key")),
    keepAliveTimeout: 120_000,
  },
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const review = JSON.parse(Buffer.concat(chunks).toString("utf8")) as { kind: string };
      const status = review.kind === "AdmissionReview" ? 200 : 400;
      response.writeHead(status, {
        "content-type": "application/json",
        "content-length": ANSWER.length,
      });
      response.end(ANSWER);
    });
  },
);

server.listen(Number(port), "127.0.0.1", () => {
  createHttp((_request, response) => response.end("ok")).listen(Number(opsPort), "127.0.0.1");
});
