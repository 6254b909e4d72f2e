#!/bin/sh
# Fetches what training is made from into $LONGVIEW_SOURCES (default ~/.cache/longview-training). Nothing of it is
# committed. Needs npm, apt-get and dpkg. The photographs ($LONGVIEW_NATURAL) are fetched by hand: see README.md.
set -eu
sources="${LONGVIEW_SOURCES:-$HOME/.cache/longview-training}"
mkdir -p "$sources/deb"
cd "$sources"
[ -f package.json ] || echo '{"private":true}' > package.json
npm install --ignore-scripts --no-audit --no-fund \
  @iconify-json/noto@1.2.9 @iconify-json/twemoji@1.2.5 @iconify-json/openmoji@1.2.29 @iconify-json/fluent-emoji@1.2.7 \
  @iconify-json/fluent-emoji-flat@1.2.6 @lobehub/fluent-emoji-3d@1.1.0 emojibase-data@17.0.0 @resvg/resvg-js@2.6.2
cd deb
apt-get download tuxpaint-stamps-default wordnet-base plasma-workspace-wallpapers gnome-backgrounds
for package in *.deb; do dpkg -x "$package" ../root; done
