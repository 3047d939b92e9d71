import { Agent, get } from 'node:http';

const CLIENTS = 16;

export interface Hammered {
  /** Requests that were answered with `x`. */
  readonly answered: number;
  /** What the others got. */
  readonly failed: readonly string[];
}

/** Calls a Function that answers `x` over connections that are kept, until they are refused. */
export async function hammer(port: number, onAnswer: (answered: number) => void): Promise<Hammered> {
  let answered = 0;
  const failed: string[] = [];
  const client = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (;;) {
      const outcome = await call(port, agent);
      if (outcome === 'x') onAnswer((answered += 1));
      else if (outcome.includes('ECONNREFUSED')) break;
      else failed.push(outcome);
    }
    agent.destroy();
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return { answered, failed };
}

/** The text of an answer, or of what came instead of one. */
export function call(port: number, agent: Agent | false): Promise<string> {
  return new Promise((resolve) => {
    const fail = (error: Error): void => {
      resolve(error.message);
    };
    const request = get({ host: '127.0.0.1', port, agent }, (answer) => {
      let text = '';
      answer.on('data', (data: Buffer) => (text += data.toString()));
      answer.on('end', () => {
        resolve(text);
      });
      answer.on('error', fail);
    });
    request.on('error', fail);
  });
}
