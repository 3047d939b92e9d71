import type { Context, Event } from '#buildless';

interface Greeting {
  readonly hello: string;
  readonly from: string | undefined;
}

export const main = (event: Event<{ name?: string } | undefined>, context: Context): Greeting => ({
  hello: event.data?.name ?? 'world',
  from: context['function-name'],
});
