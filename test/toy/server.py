"""Answers each request with the lines of the Function's file."""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FILE = os.path.join(os.environ["HANDLER_PATH"], os.environ["MOD_NAME"] + ".toy")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        with open(FILE, encoding="utf-8") as file:
            text = f"{os.environ['TOY_MODE']}: {file.read()}".encode()
        self.send_response(200)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


ThreadingHTTPServer(("", int(os.environ["FUNC_PORT"])), Handler).serve_forever()
