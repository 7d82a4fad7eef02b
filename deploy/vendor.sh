#!/bin/sh
# Fetch the pinned browser packages and keep only the files the site serves, as built by their
# authors; Tiptap and ECharts come as modules and are bundled here. Run by "make vendor"; the result is
# committed, so a deployment needs no npm.
set -eu

TABLER=1.6.1
ICONS=3.51.0
TIPTAP=3.32.2 # the newest of which every extension below is out
ECHARTS=6.1.0
ESBUILD=0.28.2

here=$(cd "$(dirname "$0")" && pwd)
target="$here/../app/web/static/vendor"
python="${PYTHON:-python3}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

npm install --prefix "$work" --no-save --no-audit --no-fund --ignore-scripts \
    "@tabler/core@$TABLER" "@tabler/icons@$ICONS" "esbuild@$ESBUILD" "echarts@$ECHARTS" \
    "@tiptap/core@$TIPTAP" "@tiptap/pm@$TIPTAP" "@tiptap/starter-kit@$TIPTAP" \
    "@tiptap/extensions@$TIPTAP" "@tiptap/extension-image@$TIPTAP" "@tiptap/extension-table@$TIPTAP"

rm -rf "$target"
mkdir -p "$target/tabler" "$target/icons" "$target/editor" "$target/charts"
cp "$work/node_modules/@tabler/core/dist/css/tabler.min.css" "$target/tabler/"
cp "$work/node_modules/@tabler/icons/LICENSE" "$target/icons/LICENSE"
"$python" "$here/vendor_sprite.py" "$work/node_modules/@tabler/icons/icons/outline" "$target/icons/icons.svg"

bundle() { # folder of entry.js, what to call the module
    cp "$here/$1/entry.js" "$work/entry.js"
    (cd "$work" && node_modules/.bin/esbuild entry.js --bundle --minify --format=esm --target=es2022 \
        --legal-comments=none --charset=utf8 --metafile=meta.json --outfile="$target/$1/$2.js")
    node "$here/editor/licences.mjs" "$work/meta.json" "$work/node_modules" > "$target/$1/LICENSES"
}
bundle editor tiptap
bundle charts echarts
cat "$work/node_modules/echarts/NOTICE" >> "$target/charts/LICENSES" # the licence asks for it

printf '%s\n' "@tabler/core $TABLER (MIT)" "@tabler/icons $ICONS (MIT)" "@tiptap/* $TIPTAP (MIT)" \
    "echarts $ECHARTS (Apache-2.0)" > "$target/VERSIONS"
