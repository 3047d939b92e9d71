"""A bare Flask application, for gunicorn with the configuration beside it."""

import flask

app = flask.Flask(__name__)


@app.route('/', methods=['GET', 'POST'])
def main():
    return f'Hello, {flask.request.get_json()["name"] if flask.request.method == "POST" else "world"}!'
