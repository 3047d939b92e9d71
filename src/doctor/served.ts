import type { X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';

/** What a TLS server shows, or why nothing. */
export type Served =
  { /** PEM, the leaf first. */ readonly cert: string; readonly notAfter: Date } | { readonly problem: string };

const DEADLINE = 5000;

/** Asks a URL. */
export function servedBy({ hostname, port }: URL): Promise<Served> {
  return shake({ host: hostname, port: Number(port === '' ? 443 : port) });
}

/** Asks through a connection that is opened for it. */
export async function servedThrough(open: () => Promise<NodeJS.ReadWriteStream>): Promise<Served> {
  try {
    const stream = await open();
    // What carries TLS is any duplex stream: https://nodejs.org/api/tls.html#tlsconnectoptions-callback
    return await shake({ socket: stream as Duplex });
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** The certificate is judged by the caller, who knows which CA counts. */
function shake(options: ConnectionOptions): Promise<Served> {
  return new Promise((resolve) => {
    const socket: TLSSocket = connect({ ...options, rejectUnauthorized: false }, () => {
      const leaf = socket.getPeerX509Certificate();
      end(
        leaf === undefined ? { problem: 'it shows none' } : { cert: chainOf(leaf), notAfter: new Date(leaf.validTo) },
      );
    });
    const timer = setTimeout(() => {
      end({ problem: `no answer within ${DEADLINE / 1000} s` });
    }, DEADLINE);
    const end = (answer: Served): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    socket.on('error', (error: Error) => {
      end({ problem: error.message });
    });
  });
}

function chainOf(leaf: X509Certificate): string {
  const chain: string[] = [];
  for (let each: X509Certificate | undefined = leaf; each !== undefined; each = each.issuerCertificate) {
    const pem = each.toString();
    if (chain.includes(pem)) break;
    chain.push(pem);
  }
  return chain.join('');
}
