"""gunicorn with as many threads as a Function has."""

import os

bind = f'127.0.0.1:{os.environ["FUNC_PORT"]}'
worker_class = 'gthread'
workers = 1
threads = 50
