// A bare server: what is the least that answers the same requests.
import { createServer } from 'node:http';

function answer(res, name) {
  const text = `Hello, ${name ?? 'world'}!`;
  res.setHeader('Content-Type', 'text/plain; charset=utf-8');
  res.end(text);
}

createServer((req, res) => {
  if (req.method === 'GET') {
    answer(res);
    return;
  }
  const pieces = [];
  req.on('data', (piece) => pieces.push(piece));
  req.on('end', () => {
    answer(res, JSON.parse(Buffer.concat(pieces).toString('utf8')).name);
  });
}).listen(Number(process.env.FUNC_PORT));
