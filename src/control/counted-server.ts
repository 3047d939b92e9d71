import type { ApiServer } from '../api-server/api-server.ts';

/** The same API server; each request is reported, watches are not. */
export function countedServer(server: ApiServer, requested: (method: string) => void): ApiServer {
  return {
    ...server,
    get: (...request) => {
      requested('GET');
      return server.get(...request);
    },
    list: (...request) => {
      requested('LIST');
      return server.list(...request);
    },
    change: (change, signal) => {
      requested(change.method);
      return server.change(change, signal);
    },
  };
}
