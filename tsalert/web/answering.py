"""How a web process lets people in: no more than it can answer now, and at its end all whom it had not come to yet."""

import socket

from gunicorn.workers.gthread import ThreadWorker

from tsalert.web.unreadable import Reticent

# As many as the system lets wait in the queue before the door.
_MOST = 2048


class AnsweringWorker(ThreadWorker):  # type: ignore[misc]  # it has no types
    """Gunicorn's worker of threads, but for whom it lets in.

    Left alone it would let in a thousand and let them stand behind its threads, while another process is idle; and it
    would hang up on those who wait to be let in when it is told to stop.
    """

    @property
    def worker_connections(self) -> int:
        """How many connections it holds before it lets nobody in: those at rest, and one for each of its threads."""
        at_rest = len(self.keepalived_conns) + len(self.pending_conns)
        return min(self._most_connections, at_rest + int(self.cfg.threads))

    @worker_connections.setter
    def worker_connections(self, most: int) -> None:
        self._most_connections = most

    def set_accept_enabled(self, enabled: bool) -> None:  # noqa: FBT001 - the shape that gunicorn calls
        """Let people in or not; at the end, let in all who stand before the door and then shut it for good."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                self._let_in_who_waits(listener)
                listener.close()
            self.sockets.clear()  # it may be told twice

    def handle_error(self, req: object, client: socket.socket, addr: object, exc: BaseException) -> None:
        """Answer where nothing of the program can, as to what is no request."""
        super().handle_error(req, Reticent(client), addr, exc)

    def _let_in_who_waits(self, listener: object) -> None:
        for _ in range(_MOST):
            before = self.nr_conns
            self.accept(listener)
            if self.nr_conns == before:
                return
