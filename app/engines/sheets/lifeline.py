"""Nothing of a reader outlives the process that asked for it.

The child's standard input stays open at the other end as long as that process lives. When the pipe
breaks, the kernel itself ends the reader's whole process group, gate and all. A thread that looks
for the parent would not do: neither a pattern nor the reader of workbooks lets it run. Nor would
``PR_SET_PDEATHSIG``: it goes by the thread that asked, and the gate has to outlive its own parent.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal


def hold(pipe: int) -> None:
    """End this process and its group when nobody holds the other end of ``pipe`` any more."""
    if os.getpgrp() != os.getpid():
        return  # started by hand, in a group of other people's processes
    fcntl.fcntl(pipe, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(pipe, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)
    broken = select.poll()
    broken.register(pipe, 0)
    if broken.poll(0):  # before anybody would have been told
        os.killpg(os.getpgrp(), signal.SIGKILL)
