import type { Configuration } from '../../config/configuration.ts';
import { dayOf } from '../../exceptions/exception.ts';
import { Exceptions } from '../../exceptions/exceptions.ts';

/** What the configuration excepts on the day of the command. */
export const exceptionsToday = ({ dependencies }: Configuration): Exceptions =>
  new Exceptions(dependencies.exceptions, dayOf(Date.now()));
