import { BACKDATE_SECONDS } from './authority.ts';

/** When a certificate is worth renewing: at two thirds of its life, counted from when it was issued. */
export function renewalOf({ notBefore, notAfter }: { readonly notBefore: Date; readonly notAfter: Date }): Date {
  const end = notAfter.getTime();
  const issued = Math.min(notBefore.getTime() + BACKDATE_SECONDS * 1000, end);
  return new Date(end - (end - issued) / 3);
}
