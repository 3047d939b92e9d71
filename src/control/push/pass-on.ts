import { SIGNATURE_HEADERS, type Headers } from '../../push/signature.ts';

/** On a webhook that another replica passed on. */
export const PASSED_ON_HEADER = 'buildless-passed-on';
export const PUSH_PATH = '/push';

export interface PassedOn {
  readonly status: number;
  readonly text: string;
}

/** What the leader needs to read the body and to check its signature. */
const HEADERS = [...SIGNATURE_HEADERS, 'webhook-id', 'webhook-timestamp', 'content-type'];
/** Hosts of Git repositories wait for 5 to 10 s. */
const LONGEST_MILLISECONDS = 3000;
const LONGEST_ANSWER = 4096;

/**
 * Gives a webhook to the replica that leads, which checks the signature itself.
 *
 * @param address `HOST:PORT`
 * @throws if the replica does not answer
 */
export async function passOn(address: string, headers: Headers, body: Buffer): Promise<PassedOn> {
  const passed = HEADERS.flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  const response = await fetch(`http://${address}${PUSH_PATH}`, {
    method: 'POST',
    headers: { ...Object.fromEntries(passed), [PASSED_ON_HEADER]: 'true' },
    body: new Uint8Array(body),
    redirect: 'error',
    signal: AbortSignal.timeout(LONGEST_MILLISECONDS),
  });
  return { status: response.status, text: (await response.text()).slice(0, LONGEST_ANSWER) };
}
