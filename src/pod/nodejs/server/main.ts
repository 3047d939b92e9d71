/** The Node.js Function server: `node server.mjs`, configured by its environment (settings.ts). */
import { applyEnvironmentDefaults } from './environment-defaults.ts';
import { run } from './program.ts';

applyEnvironmentDefaults(process.env);
await run(process.env);
