"""Addresses of transcripts, and of the story's page, which shows them."""

from __future__ import annotations

from app.transcripts.routes.advice import router as advice
from app.transcripts.routes.live import router as live
from app.transcripts.routes.reading import router as reading
from app.transcripts.routes.telling import router as telling

ROUTERS = (telling, reading, live, advice)
