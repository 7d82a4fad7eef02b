#!/usr/bin/env bash
# requirements*.in -> requirements*.txt, pinned with hashes; no host is written into them.
set -euo pipefail
.venv/bin/python -m pip install --quiet uv
for name in requirements requirements-dev; do
  .venv/bin/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header "$name.in" -o "$name.txt"
done
