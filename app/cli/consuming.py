"""How the worker takes messages from the queue. Loaded by the worker's process only."""

from __future__ import annotations

import signal
import threading
from typing import Any

from huey.consumer import Consumer


class JobConsumer(Consumer):
    """huey's consumer with one thread; both signals let the running job give way.

    ``grace``: seconds that a running job has to end by itself.
    """

    def __init__(self, queue: Any, stopping: threading.Event, grace: float) -> None:
        super().__init__(
            queue,
            workers=1,
            periodic=False,
            initial_delay=0.1,
            max_delay=0.5,
            shutdown_timeout=grace,
        )
        self._stopping = stopping
        self._signal_actions = {signal.SIGTERM: (False, True), signal.SIGINT: (False, True)}

    def stop(self, graceful: bool = False) -> None:
        self._stopping.set()
        super().stop(graceful)
