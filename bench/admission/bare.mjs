// What no webhook in Node.js can be faster than: TLS, HTTP, JSON in, a constant answer with the review's uid out.
// `bare.mjs CERT KEY`; prints its port.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

const [certFile, keyFile] = process.argv.slice(2);
const server = createServer(
  { cert: readFileSync(certFile), key: readFileSync(keyFile), ALPNProtocols: ['http/1.1'], keepAliveTimeout: 120_000 },
  (request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { request: admission } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const text = JSON.stringify({
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response: { uid: admission.uid, allowed: true },
      });
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
      response.end(text);
    });
  },
);
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
