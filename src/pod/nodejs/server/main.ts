/** The Node.js Function server: `node server.mjs`, configured by its environment (settings.ts). */
import { run } from './program.ts';

await run(process.env);
