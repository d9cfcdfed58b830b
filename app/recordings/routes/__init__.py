"""Addresses of uploads, their parts, and the media of recordings."""

from __future__ import annotations

from app.recordings.routes.media import router as media
from app.recordings.routes.parts import router as parts
from app.recordings.routes.uploads import router as uploads

ROUTERS = (uploads, parts, media)
