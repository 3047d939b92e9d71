/** `buildless` with one language more. */
import './traits.ts';
import './rows.ts';
import '../../src/cli/main.ts';
