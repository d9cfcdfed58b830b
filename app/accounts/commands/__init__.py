"""Writes of accounts: one-time links, accounts, sign-ins."""

from __future__ import annotations

from app.accounts.commands.links import accept, invite, make_reset_link, make_set_up_link
from app.accounts.commands.sign_ins import (
    NewSignIn,
    disable_account,
    enable_account,
    end_sign_in,
    note_seen,
    sign_in,
    start_sign_in,
)

__all__ = [
    "NewSignIn",
    "accept",
    "disable_account",
    "enable_account",
    "end_sign_in",
    "invite",
    "make_reset_link",
    "make_set_up_link",
    "note_seen",
    "sign_in",
    "start_sign_in",
]
