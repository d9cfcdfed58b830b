"""Every table of every room, for Alembic and the tests."""

from __future__ import annotations

from app.access import models as access
from app.accounts import models as accounts
from app.admin import models as admin
from app.collections import models as collections
from app.kernel.db import Base
from app.people import models as people
from app.recordings import models as recordings
from app.search import models as search
from app.stories import models as stories
from app.transcripts import models as transcripts

METADATA = Base.metadata
ROOMS = (access, accounts, admin, collections, people, recordings, search, stories, transcripts)
