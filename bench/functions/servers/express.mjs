// A bare Express app that parses the bodies that a Function's server parses.
import express from 'express';

const app = express();
app.use(express.json({ strict: false, limit: '1mb' }));
app.use(express.text({ type: 'text/*', limit: '1mb' }));
app.use(express.urlencoded({ extended: true, limit: '1mb' }));
app.use(express.raw({ type: () => true, limit: '1mb' }));
app.all('*path', (request, response) => {
  response.type('text/plain').send(`Hello, ${request.body?.name ?? 'world'}!`);
});
app.listen(Number(process.env.FUNC_PORT));
