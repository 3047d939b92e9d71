/**
 * Requests and responses with prototypes of their own. When the first handler asks for Express' objects, its methods are
 * put behind these two, and no object has to change its prototype (express-view.ts).
 */
import { IncomingMessage, ServerResponse } from 'node:http';

export class FunctionRequest extends IncomingMessage {}

export class FunctionResponse extends ServerResponse<FunctionRequest> {}
