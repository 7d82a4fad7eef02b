#!/usr/bin/env bash
# Make .venv and install pinned, hash-checked packages: venv.sh PYTHON requirements...
set -euo pipefail
python=$1; shift
"$python" - <<'PY' || { echo "ParkDesk needs Python 3.11 or newer (BASE_PYTHON=python3.11 make run)" >&2; exit 1; }
import sys
sys.exit(sys.version_info < (3, 11))
PY
if [ ! -x .venv/bin/python ]; then
  echo "making .venv"
  "$python" -m venv .venv || { echo "python3-venv is missing: apt-get install python3-venv" >&2; exit 1; }
fi
echo "installing packages: $*"
arguments=(); for file in "$@"; do arguments+=(-r "$file"); done
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes "${arguments[@]}"
