#!/bin/bash
# OpenTimelineIO 0.18.1 with otio-cmx3600-adapter 1.0.0 (PyPI): an event whose source runs over midnight gets a negative length.
#
# Expected: timecode begins anew after 24 hours, so a source of 23:59:58:00 to 00:00:06:00 is 8 seconds long, like its record
# times say, or the reader refuses it.
# Seen: the clip is read without a word, its length being minus 86,392 seconds; with the same length within the day it is right.
# Exits 0 as long as that is so.
set -eu
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check opentimelineio==0.18.1 otio-cmx3600-adapter==1.0.0
printf 'TITLE: night\r\nFCM: NON-DROP FRAME\r\n\r\n001  NIGHT    V     C        23:59:58:00 00:00:06:00 01:00:00:00 01:00:08:00\r\n* FROM CLIP NAME: night.mov\r\n' >night.edl
sed 's/23:59:58:00 00:00:06:00/10:59:58:00 11:00:06:00/' night.edl >day.edl
cat >look.py <<'PY'
import sys
import opentimelineio as otio
def seconds(name):
    timeline = otio.adapters.read_from_file(name, rate=25, ignore_timecode_mismatch=True)
    return next(iter(timeline.find_clips())).source_range.duration.to_seconds()
day, night = seconds("day.edl"), seconds("night.edl")
print(f"within a day: {day} s; over midnight: {night} s")
sys.exit(0 if day == 8 and night == 8 - 86400 else 1)
PY
env/bin/python look.py
