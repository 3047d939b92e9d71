/** @type {import('#buildless').Handler<{ name?: string }>} */
export const main = (event, context) => ({
  hello: event.data?.name ?? 'world',
  from: context['function-name'],
});
