"""The one media clock of a recording: where each decoded frame lies, counted from the start."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from av.packet import Packet

from app.recordings.domain.media.limits import WORKING_RATE, MediaLimits

JITTER_S: Final = 0.1
"""Stamps this far from the count of samples are taken as following on (FFmpeg's own bound)."""
RESTART_S: Final = 1.0
"""A step back of this much is a new beginning, not an overlap."""
SHOWN_GAP_S: Final = 0.5
CONTINUES_S: Final = 1.0


@dataclass(slots=True)
class MediaClock:
    """Places frames one after another; 0 is the start of the presentation, seconds throughout.

    Stamps are believed when they say that time passed without sound (a later start, a pause): that
    time is silence on the clock. Stamps that start again (two notes glued together), run backwards
    or jump further than any pause are not: the sound follows on, and a segment records both times.
    A stamp that the next frame contradicts is ignored.
    """

    stamped: bool
    limits: MediaLimits
    end_s: float = 0.0
    shift_s: float = 0.0
    """Media time minus the file's own stamps, now."""
    shifts_s: list[float] = field(default_factory=lambda: [0.0])
    """The shift of each beginning; entry 0 is the first."""
    segments: list[tuple[float, float]] = field(default_factory=list)
    """Where the map from media time to the file's own stamps changes: (media, original)."""
    gaps: list[tuple[float, float]] = field(default_factory=list)
    restarts: int = 0
    closed_jumps: int = 0
    padded_s: float = 0.0
    """Of the gaps, what lies behind the end of the sound while the picture goes on."""
    _started: bool = False
    _stamp_end_s: float | None = None
    """Where the last frame ended by the file's own stamps."""

    def place(self, stamp_s: float | None, length_s: float, next_stamp_s: float | None) -> float:
        """Where a frame of ``length_s`` with this stamp begins; the clock then stands at its end."""
        at_s = self.end_s
        if stamp_s is not None and self.stamped and len(self.segments) < self.limits.most_segments:
            believed = next_stamp_s is None or (abs(next_stamp_s - stamp_s - length_s) <= CONTINUES_S)
            at_s = self._follow(stamp_s, sure=believed)
        if not self._started:
            self._started = True
            if not self.segments:
                self._note(at_s, at_s - self.shift_s)
        self.end_s = at_s + length_s
        if stamp_s is not None:
            self._stamp_end_s = stamp_s + length_s
        elif self._stamp_end_s is not None:
            self._stamp_end_s += length_s
        return at_s

    def _follow(self, stamp_s: float, *, sure: bool) -> float:
        late_s = stamp_s + self.shift_s - self.end_s
        if abs(late_s) <= JITTER_S and self._started:
            return self.end_s
        if not self._started and late_s <= 0:
            return self.end_s
        if late_s > 0:
            return self._later(stamp_s, late_s) if sure else self.end_s
        back_s = 0.0 if self._stamp_end_s is None else stamp_s - self._stamp_end_s
        if sure and late_s <= -RESTART_S and back_s <= -RESTART_S / 2:
            self.restarts += 1
            self._rebase(stamp_s)
        elif self.segments and abs(self.end_s - stamp_s - self._offset_s()) >= SHOWN_GAP_S:
            # More sound than the stamps have room for: all of it is kept, and the map says so.
            self._note(self.end_s, stamp_s)
        return self.end_s

    def _offset_s(self) -> float:
        at_s, original_s = self.segments[-1]
        return at_s - original_s

    def _later(self, stamp_s: float, late_s: float) -> float:
        if late_s > self.limits.longest_gap_s or self.end_s + late_s > self.limits.longest_s:
            self.closed_jumps += 1
            self._rebase(stamp_s)
            return self.end_s
        at_s = self.end_s + late_s
        if late_s >= SHOWN_GAP_S:
            self.gaps.append((self.end_s, at_s))
        if self._started:
            self._note(at_s, stamp_s)
        return at_s

    def _rebase(self, stamp_s: float) -> None:
        self.shift_s = self.end_s - stamp_s
        if self._started:
            self.shifts_s.append(self.shift_s)
        else:
            self.shifts_s[0] = self.shift_s
        self._note(self.end_s, stamp_s)

    def _note(self, at_s: float, original_s: float) -> None:
        self.segments.append((at_s, original_s))

    def join(self) -> None:
        """Another recording follows on in the same file; its own stamps start again."""
        self.restarts += 1
        self._stamp_end_s = None
        self.shift_s = self.end_s
        self.shifts_s.append(self.shift_s)
        self._note(self.end_s, 0.0)

    def pad_to(self, end_s: float) -> None:
        """The presentation goes on without sound, such as a film whose sound ends first."""
        if end_s - self.end_s >= SHOWN_GAP_S:
            self.gaps.append((self.end_s, end_s))
            self.padded_s += end_s - self.end_s
        self.end_s = max(self.end_s, end_s)

    def to_json(self) -> dict[str, Any]:
        """The map of segments: working-sound sample and the file's own time in milliseconds."""
        return {
            "segments": [
                {"sample": round(at * WORKING_RATE), "original_ms": round(original * 1000)}
                for at, original in self.segments
            ],
            "shifts_ms": [round(shift * 1000) for shift in self.shifts_s],
            "restarts": self.restarts,
            "closed_jumps": self.closed_jumps,
        }


@dataclass(slots=True)
class PictureClock:
    """Puts picture stamps on the sound's clock: the n-th beginning takes the sound's n-th shift."""

    shifts_s: list[float] = field(default_factory=lambda: [0.0])
    _beginning: int = 0
    _last_s: float | None = None
    _ends_s: dict[int, float] = field(default_factory=dict)

    def place(self, stamp_s: float, length_s: float = 0.0, *, order_s: float | None = None) -> float:
        """Media time of a picture. ``order_s`` is its decoding time where pictures are reordered."""
        order = stamp_s if order_s is None else order_s
        if self._last_s is not None and order < self._last_s - RESTART_S:
            self._beginning += 1
        self._last_s = order
        end = max(self._ends_s.get(self._beginning, 0.0), stamp_s + length_s)
        self._ends_s[self._beginning] = end
        return max(0.0, stamp_s + self._shift(self._beginning))

    def next_part(self) -> None:
        """Another recording follows on in the same file."""
        self._beginning += 1
        self._last_s = None

    def note(self, packet: Packet[Any], start_s: float) -> None:
        """A picture's packet, undecoded; ``start_s`` is the file's own time of the start."""
        if packet.pts is None or packet.time_base is None:
            return
        base = float(packet.time_base)
        order_s = packet.pts * base if packet.dts is None else packet.dts * base
        length_s = (packet.duration or 0) * base
        self.place(packet.pts * base - start_s, length_s, order_s=order_s - start_s)

    def _shift(self, beginning: int) -> float:
        return self.shifts_s[min(beginning, len(self.shifts_s) - 1)]

    def end_s(self) -> float:
        """Where the last picture ends on the media clock, 0 where there was none."""
        return max((end + self._shift(n) for n, end in self._ends_s.items()), default=0.0)
