"""``python app.py`` serves the platform; ``flask --app app`` finds the same factory."""

import gc
import sys

gc.disable()  # what is built now stays until the end; ``main`` turns it on again
# structlog would load it to draw tracebacks for people; the server writes JSON lines.
sys.modules["rich"] = None  # type: ignore[assignment]

from app.cli.serve import main  # noqa: E402

if __name__ == "__main__":
    main()
