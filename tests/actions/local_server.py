"""A server on this machine, in a thread."""

from __future__ import annotations

import threading
from http.server import ThreadingHTTPServer


class LocalServer:
    """Serves for as long as the `with` block lasts; its handlers find `known` as attributes of the server."""

    def __init__(self, handler, **known):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        vars(self.server).update(known)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
