#!/bin/sh
# Fetch the pinned browser packages and keep only the files the site serves, as built by their
# authors. Run by "make vendor"; the result is committed, so a deployment needs no npm.
set -eu

TABLER=1.6.1
ICONS=3.51.0

here=$(cd "$(dirname "$0")" && pwd)
target="$here/../app/web/static/vendor"
python="${PYTHON:-python3}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

npm install --prefix "$work" --no-save --no-audit --no-fund --ignore-scripts \
    "@tabler/core@$TABLER" "@tabler/icons@$ICONS"

rm -rf "$target"
mkdir -p "$target/tabler" "$target/icons"
cp "$work/node_modules/@tabler/core/dist/css/tabler.min.css" "$target/tabler/"
cp "$work/node_modules/@tabler/icons/LICENSE" "$target/icons/LICENSE"
"$python" "$here/vendor_sprite.py" "$work/node_modules/@tabler/icons/icons/outline" "$target/icons/icons.svg"
printf '@tabler/core %s (MIT)\n@tabler/icons %s (MIT)\n' "$TABLER" "$ICONS" > "$target/VERSIONS"
