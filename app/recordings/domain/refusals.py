"""What an uploader is told when something cannot be taken: what is safe, and what to do."""

from __future__ import annotations

from app.kernel.errors import ArchiveError, BadInputError


class EmptyFileError(BadInputError):
    """The phone gave no bytes."""

    slug = "empty-file"
    title = (
        "This file is empty. It may still lie in the cloud: open it once on the phone or recorder "
        "until it plays there, then choose it again."
    )


class TooLargeError(ArchiveError):
    """Larger than this account may send."""

    slug = "too-large"
    status = 413
    title = "This file is larger than your account may send. Nothing was sent. An archivist can take it in."


class NotARecordingError(ArchiveError):
    """A photograph, a letter: plainly the wrong file."""

    slug = "not-a-recording"
    status = 415
    title = (
        "This is not a sound or film file, so nothing was sent. Choose the recording itself, "
        "for example m4a, mp3, wav, flac, ogg, mp4 or mov."
    )


class NoRoomError(ArchiveError):
    """The disk is full, or would be."""

    slug = "no-room"
    status = 507
    passes = True
    title = (
        "The archive has no room for this at the moment. What was sent before is kept. "
        "Tell whoever runs the archive, then try again."
    )


class QuotaUsedUpError(ArchiveError):
    """The account has sent, or begun to send, all that it may."""

    slug = "quota-used-up"
    status = 507
    title = (
        "Your account has sent as much as it may. Nothing of this file was sent, and what you sent before is kept. "
        "Ask an archivist to take it in."
    )


class UploadClosedError(ArchiveError):
    """It takes nothing more."""

    slug = "upload-closed"
    status = 409
    title = "This upload was closed, so nothing more can be sent to it. Choose the file again to begin anew."


class AlreadyCompleteError(ArchiveError):
    """All parts are there: nothing more is to be sent, and nothing to be called off."""

    slug = "upload-complete"
    status = 409
    title = "All of this file has arrived. It is being checked or is stored already."


class PartsMissingError(ArchiveError):
    """Some parts have not arrived; ``missing`` names them."""

    slug = "parts-missing"
    status = 409
    title = "Some parts of the file have not arrived yet. The others are kept; only these must be sent."


class PartsBadError(ArchiveError):
    """Some parts are not what the sender says; ``bad`` names them."""

    slug = "parts-bad"
    status = 422
    title = "Some parts that arrived are not those of this file. The others are kept; only these must be sent again."


class WrongPartError(BadInputError):
    """The bytes are not those the address was made for."""

    slug = "wrong-part"
    title = "This part did not arrive as it was announced, so it does not count. Send it again."


class AddressNotGoodError(ArchiveError):
    """The address is too old or was changed."""

    slug = "address-expired"
    status = 403
    title = "The address for this part is no longer good. Ask for a fresh one; nothing is lost."


class RangeBeyondEndError(ArchiveError):
    """Bytes beyond the end."""

    slug = "range-not-satisfiable"
    status = 416
    title = "The file ends before the part that was asked for."
