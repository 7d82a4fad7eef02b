#!/usr/bin/env bash
# What a change must pass before its tests: every step runs, the failed ones are named at the end.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=${BIN:-.venv/bin}
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
failed=()

step() {
  local name=$1; shift
  if output=$("$@" 2>&1); then echo "ok    $name"; else echo "FAIL  $name"; echo "$output"; failed+=("$name"); fi
}

migrations() { # the models and the migrations make the same tables
  APP_MODE=demo DATA_DIR=$data DATABASE_URL='' "$bin/flask" --app app db upgrade &&
  APP_MODE=demo DATA_DIR=$data DATABASE_URL='' "$bin/flask" --app app db check
}

settings_page() { # docs/settings.md says what config.py says
  APP_MODE=demo DATA_DIR=$data DATABASE_URL='' "$bin/flask" --app app doctor --settings | diff docs/settings.md -
}

step "ruff check" "$bin/ruff" check .
step "ruff format" "$bin/ruff" format --check .
step "types" "$bin/mypy" -p app -p sandbox
step "import contracts" "$bin/lint-imports"
step "templates" "$bin/djlint" app sandbox --lint --quiet
step "migrations" migrations
step "settings page" settings_page
step "pins" "$bin/python" deploy/check_pins.py
step "translations" "$bin/python" deploy/check_translations.py

if [ ${#failed[@]} -gt 0 ]; then
  echo "check: ${#failed[@]} failed: ${failed[*]}"
  exit 1
fi
echo "check: all passed"
