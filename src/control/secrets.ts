import { ApiError, type ApiServer } from '../api-server/api-server.ts';
import { within } from '../api-server/deadline.ts';
import { textsOf } from '../api-server/metadata.ts';
import { GET_MILLISECONDS } from './config-maps.ts';

const NOT_OURS: readonly number[] = [403, 404];

/** Secrets of namespaces that let the controller read them; never kept. */
export class Secrets {
  constructor(private readonly server: ApiServer) {}

  /**
   * @returns the keys, decoded; undefined if it is missing, or not for this process to read
   * @throws if the API server does not answer: that is worth another try
   */
  async read(
    namespace: string,
    name: string,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Uint8Array> | undefined> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`;
    try {
      const object = await within(signal, GET_MILLISECONDS, (deadline) => this.server.get(path, {}, deadline));
      const data = typeof object === 'object' && object !== null && 'data' in object ? textsOf(object.data) : {};
      return new Map(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64')]));
    } catch (error) {
      if (error instanceof ApiError && NOT_OURS.includes(error.status)) return undefined;
      throw error;
    }
  }
}
