"""``python -m sandbox``: the sandbox alone, beside a demo that runs elsewhere on this machine."""

import sys

import config
from sandbox.serving import serve

if __name__ == "__main__":
    try:
        serve(config.settings())
    except (RuntimeError, ValueError, OSError) as refusal:
        sys.exit(f"sandbox: {refusal}")
