/** Answers requests by a handler of the HTTP API: `main(req, res)` of Express 5, as Kyma's runtime nodejs26 has it. */
import { Refusal } from '../server/refusal.ts';
import type { Served } from '../server/served.ts';
import { createFront, isOwnPath, refuse, type FunctionServer, type OwnPath, type Turn } from '../server/front.ts';
import { note } from '../server/journal.ts';
import { FunctionResponse, type FunctionRequest } from '../server/messages.ts';
import { bytesOf } from '../server/settings.ts';
import { createApplication } from './application.ts';
import { readInput } from './body.ts';
import { HttpCall } from './call.ts';

export { provideSdk } from './provide-sdk.ts';

export function createHttpServer(served: Served): FunctionServer {
  const { settings, metrics } = served;
  const limit = bytesOf(settings.bodyLimit);
  const application = createApplication((request, response) => {
    const call = response instanceof FunctionResponse ? response.call : undefined;
    if (call instanceof HttpCall) call.run(request, response);
  });

  function begin(req: FunctionRequest, res: FunctionResponse): Turn {
    const call = new HttpCall(req, res, served);
    res.call = call;
    readInput(req, res, limit, (body) => {
      if (body instanceof Refusal) {
        refuse(res, body, settings.corsOrigin);
        return;
      }
      Object.assign(req, { body: body.value });
      try {
        application(req, res);
      } catch (error) {
        note('error', 'the request could not be routed', { error });
        if (!res.headersSent) refuse(res, new Refusal(500, 'Internal server error'), settings.corsOrigin);
      }
    });
    return call;
  }

  return createFront({
    settings,
    metrics,
    ownPath,
    begin,
  });
}

/** Kyma's routes ignore case and a slash at the end, as Express does. */
function ownPath(path: string): OwnPath | undefined {
  if (path.length > LONGEST_OWN_PATH) return undefined;
  const plain = path.toLowerCase().replace(/(?<=.)\/$/, '');
  return isOwnPath(plain) ? plain : undefined;
}

const LONGEST_OWN_PATH = '/favicon.ico/'.length;
