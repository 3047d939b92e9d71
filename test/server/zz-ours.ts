import { createAuthority } from '../../src/certificates/authority.ts';
import { openCertificateFiles } from '../../src/certificates/files.ts';
import { createLogger } from '../../src/server/logging.ts';
import { Metrics } from '../../src/server/metrics.ts';
import { serve } from '../../src/server/serve.ts';
import { stopOnSignal } from '../../src/server/shutdown.ts';
import { createServer } from 'node:https';
import { writeFileSync, mkdtempSync } from 'node:fs';
const dir = mkdtempSync('/tmp/srv/c-');
const t0=performance.now();
const a = await createAuthority({ commonName: 'x', seconds: 86400 });
const leaf = await a.issue({ hosts: ['localhost', '127.0.0.1'], seconds: 3600 });
console.error('certs ms', performance.now()-t0);
const mode = process.argv[2];
if (mode === 'bare') {
  const s = createServer({ cert: leaf.cert, key: leaf.key, keepAliveTimeout:120000 }, (req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (c: Buffer) => chunks.push(c));
    req.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { request: { uid: string } };
      const text = JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid: review.request.uid, allowed: true, patchType:'JSONPatch', patch:'W10='.repeat(400) } });
      res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
      res.end(text);
    });
  });
  s.listen(0, () => process.send?.({ port: (s.address() as { port: number }).port }));
} else {
  writeFileSync(dir + '/c', leaf.cert); writeFileSync(dir + '/k', leaf.key);
  const o = await openCertificateFiles({ certFile: dir + '/c', keyFile: dir + '/k' });
  if ('problem' in o) throw new Error(o.problem.problem);
  const logger = createLogger({level: mode==='quiet' ? 'error':'info'});
  const r = (req: {uid: string}) => Promise.resolve({ response: { uid: req.uid, allowed: true, patchType: 'JSONPatch' as const, patch: 'W10='.repeat(400) }, outcome: 'injected' as const, codes: [] });
  const s = await serve({ address: '127.0.0.1', tlsPort: 0, plainPort: 0, certificates: o.source, reviewers: { mutate: r, validate: r }, checks: {}, logger, metrics: new Metrics({ version: '1' }), drainSeconds: 0 });
  process.send?.({ port: s.tlsPort });
  void stopOnSignal(s, logger);

}
process.on('message',()=>process.send?.({cpu:process.cpuUsage(),rss:process.memoryUsage().rss}));
