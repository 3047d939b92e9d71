/** `buildless-prepare` of its toolkit. */
import './traits.ts';
import './rows.ts';
import '../../src/pod/prepare/main.ts';
