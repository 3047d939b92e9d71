/** Posts CloudEvents to the Function's publisher (PUBLISHER_PROXY_ADDRESS); its answer has the names of axios, as in Kyma. */

import type { Published } from '../../../../types/index.d.ts';

/** The publisher refused the event; `response` as in axios' errors. */
class PublisherError extends Error {
  override readonly name = 'PublisherError';

  constructor(readonly response: Published) {
    super(`The publisher answered ${response.status} ${response.statusText}`.trimEnd());
  }
}

/**
 * @param timeout seconds
 * @throws where there is no address, it cannot be reached, or its answer is no success
 */
export async function publish(
  address: string | undefined,
  contentType: string,
  body: string,
  timeout: number,
): Promise<Published> {
  if (address === undefined) {
    throw new Error('PUBLISHER_PROXY_ADDRESS is not set: there is nowhere to post the CloudEvent to');
  }
  const answer = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body,
    signal: AbortSignal.timeout(timeout * 1000),
  });
  const text = await answer.text();
  const { status, statusText } = answer;
  const published = { status, statusText, headers: Object.fromEntries(answer.headers), data: parse(text) };
  if (!answer.ok) throw new PublisherError(published);
  return published;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
