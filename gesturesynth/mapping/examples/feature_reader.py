"""From a database to examples: features are computed from skeletons, take by take, as during playing.

A record that cannot be read is left out, counted and named; the others are read all the same.
"""

from __future__ import annotations

import dataclasses
import math
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from gesturesynth.features.one_euro import OneEuroSettings
from gesturesynth.features.people.pose_reader import PoseReader
from gesturesynth.features.people.role_frame import RoleFrame
from gesturesynth.features.views import ViewChanges
from gesturesynth.mapping.examples.dataset import Examples
from gesturesynth.mapping.examples.edits import EDITED, UNEDITED, TakeEdit, read_edits
from gesturesynth.mapping.examples.omissions import omitted_values
from gesturesynth.mapping.examples.schema import decode_pose
from gesturesynth.mapping.gestures.takes import GestureTake
from gesturesynth.runtime.messages import Pose

Float = NDArray[np.float64]
_Numbers = dict[str, float]
_CacheKey = tuple[tuple[str, ...], OneEuroSettings | None]

NOTHING: Mapping[str, float] = {}

VIEWED: Final = 6
"""Frames of a take, evenly spread, of which is computed how they change with the view."""


@dataclass(frozen=True, eq=False)
class _TakeExamples:
    """The examples of one take: features (n, k), and for each row its sound, its class, and its other features.

    `lost` is how many of its records cannot be read; `view_changes` (q, k) as in `Examples`.
    """

    x: Float
    sounds: tuple[Mapping[str, float], ...]
    labels: tuple[str, ...]
    extra_features: tuple[Mapping[str, float], ...]
    lost: int = 0
    view_changes: Float | None = None


class FeatureReader:
    """Reads the takes of one connection and caches what it computed, since what was recorded never changes.

    Attributes:
        note: a sentence when records of takes cannot be read; they are left out.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.note = ""
        self._db = connection
        self._cached_for: _CacheKey | None = None
        self._cache: dict[tuple[int, TakeEdit], _TakeExamples] = {}
        self._gestures_cached_for: _CacheKey | None = None
        self._gesture_cache: dict[tuple[int, TakeEdit], tuple[Float, Float]] = {}

    def examples(
        self,
        feature_names: Sequence[str],
        outputs: Sequence[str],
        smoothing: OneEuroSettings | None,
        *,
        everything: bool = False,
        kept: Mapping[str, frozenset[int]] | None = None,
    ) -> Examples:
        """See `ExampleStore.examples`. Raises sqlite3.Error."""
        kept = kept or {}
        reader = PoseReader(feature_names, smoothing)
        if self._cached_for != (tuple(feature_names), smoothing):
            self._cached_for, self._cache = (tuple(feature_names), smoothing), {}
        views: ViewChanges | None = None
        self._db.execute("BEGIN")  # all queries see the same state
        try:
            query = f"SELECT id, label, sound, deleted OR off FROM {EDITED} ORDER BY id"  # noqa: S608 - constants
            found = self._db.execute(query).fetchall()
            edits = read_edits(self._db)
            needed = frozenset[int]().union(*kept.values())
            takes = [take for take in found if not take[3] or take[0] in needed]
            for take, label, sound, _ in takes:
                key = take, edits.get(take, UNEDITED)
                if key not in self._cache:
                    views = views or ViewChanges(feature_names)
                    self._cache[key] = self._read_take(*key, label, sound, reader, views)
            omitted = omitted_values(self._db)
        finally:
            if self._db.in_transaction:
                self._db.execute("COMMIT")
        read = {take: self._cache[take, edits.get(take, UNEDITED)] for take, *_ in takes}
        self.note = _note({take: read[take] for take, _, _, deleted in takes if not deleted})
        parts: dict[int, _TakeExamples] = {}
        for take, _, _, deleted in takes:
            part = _counted(take, read[take], omitted.get(take, set()), kept, deleted=bool(deleted))
            parts |= {take: part} if part else {}
        return _concatenate([*parts], [*parts.values()], reader.columns, tuple(outputs), everything=everything)

    def gesture_takes(
        self, names: Sequence[str], feature_names: Sequence[str], smoothing: OneEuroSettings | None
    ) -> tuple[GestureTake, ...]:
        """The takes with these labels as movements in time, in their order.

        Imported takes have no times and are left out, and so are poses that are damaged.

        Args:
            names: gestures, and `none`.
            feature_names: as in a preset; vectors expand to many columns.
            smoothing: of the features; None for none.

        Raises:
            UnknownFeatureError: a name is not in the table of features.
            sqlite3.Error: the database cannot be read.
        """
        reader = PoseReader(feature_names, smoothing)
        if self._gestures_cached_for != (tuple(feature_names), smoothing):
            self._gestures_cached_for, self._gesture_cache = (tuple(feature_names), smoothing), {}
        self._db.execute("BEGIN")
        try:
            query = f"SELECT id, label FROM {EDITED} WHERE NOT deleted AND NOT off ORDER BY id"  # noqa: S608 - constants
            edits = read_edits(self._db)
            wanted = [
                (take, label, edits.get(take, UNEDITED))
                for take, label in self._db.execute(query).fetchall()
                if label in names
            ]
            for take, _, edit in wanted:
                if (take, edit) not in self._gesture_cache:
                    self._gesture_cache[take, edit] = self._read_movement(take, edit, reader)
        finally:
            if self._db.in_transaction:
                self._db.execute("COMMIT")
        return tuple(
            GestureTake(label, *self._gesture_cache[take, edit], f"take {take}")
            for take, label, edit in wanted
            if len(self._gesture_cache[take, edit][0])
        )

    def _read_movement(self, take: int, edit: TakeEdit, reader: PoseReader) -> tuple[Float, Float]:
        """Capture times (n,) and features (n, k) of a take; a frame without a person is a row of NaN."""
        return movement(read_poses(self._db, take, edit), reader)

    def _read_take(  # noqa: PLR0917 - the key of the cache, and what belongs to it
        self,
        take: int,
        edit: TakeEdit,
        label: object,
        sound: object,
        reader: PoseReader,
        views: ViewChanges,
    ) -> _TakeExamples:
        """The examples of a take, of which an edit leaves out what lies before and after its part."""
        rows = self._db.execute(
            "SELECT label, features, outputs FROM rows WHERE take = ? ORDER BY id", (take,)
        ).fetchall()
        if rows:
            part = _imported_rows(rows, reader.columns)
            if edit.sound is None:
                return part
            count, given = len(part.labels), _numbers(sound) or NOTHING
            return dataclasses.replace(part, sounds=(given,) * count, labels=(str(label),) * count)
        reader.reset()
        values = _numbers(sound)
        x, sounds, lost, first_s = [], [], 0, math.nan
        frames: list[tuple[RoleFrame, int, int, float]] = []
        for data, crc, own in self._db.execute(
            "SELECT pose, crc, sound FROM poses WHERE take = ? ORDER BY id", (take,)
        ):
            at_pose = values if own is None or edit.sound is not None else _numbers(own)
            pose = decode_pose(data, crc)
            if pose is None or (own is not None and at_pose is None):
                lost += 1
                continue
            first_s = pose.capture_time_s if math.isnan(first_s) else first_s
            if not edit.contains(pose.capture_time_s - first_s):
                continue
            frame = reader.read(pose)
            if not pose.empty:
                x.append(np.where(frame.seen, frame.values, math.nan))
                frames.append((reader.people, pose.width, pose.height, pose.capture_time_s))
                sounds.append(at_pose)
        if values is None or not isinstance(label, str):  # the target of its poses is lost
            x, sounds, label, lost = [], [], "", max(1, lost + len(x))
        count = len(x)
        return _TakeExamples(
            _stacked(x, len(reader.columns)),
            tuple(each or NOTHING for each in sounds),
            (label,) * count,
            (NOTHING,) * count,
            lost,
            views.of_frames(frames[:: max(1, math.ceil(len(frames) / VIEWED))]) if count else None,
        )


def _counted(
    take: int, part: _TakeExamples, omitted: set[str], kept: Mapping[str, frozenset[int]], *, deleted: bool
) -> _TakeExamples | None:
    """The part of a take that counts: without values that were deleted, but for outputs that keep to takes.

    Args:
        take: its number.
        part: everything that is stored of it.
        omitted: outputs whose values were deleted.
        kept: by output, the takes that it keeps to.
        deleted: whether the take itself was deleted.
    """
    named = {name for sound in part.sounds for name in sound}
    counts = {name for name in named if (take in kept[name] if name in kept else not deleted and name not in omitted)}
    if deleted and not counts:
        return None
    if counts == named and not deleted:
        return part
    sounds = tuple({name: value for name, value in sound.items() if name in counts} for sound in part.sounds)
    return dataclasses.replace(part, sounds=sounds, labels=("",) * len(part.labels) if deleted else part.labels)


def read_poses(db: sqlite3.Connection, take: int, edit: TakeEdit) -> list[Pose]:
    """The poses of a take that count as it is edited, in their order; those that are damaged are left out."""
    found = db.execute("SELECT pose, crc FROM poses WHERE take = ? ORDER BY id", (take,))
    poses = [pose for data, crc in found if (pose := decode_pose(data, crc)) is not None]
    first_s = poses[0].capture_time_s if poses else 0.0
    return [pose for pose in poses if edit.contains(pose.capture_time_s - first_s)]


def movement(poses: Sequence[Pose], reader: PoseReader) -> tuple[Float, Float]:
    """Capture times (n,) and features (n, k) of poses, from their beginning; NaN where nothing could be seen."""
    reader.reset()
    rows = []
    for pose in poses:
        frame = reader.read(pose)
        rows.append(np.where(frame.seen, frame.values, math.nan))
    times_s = np.array([pose.capture_time_s for pose in poses], dtype=np.float64)
    return times_s, _stacked(rows, len(reader.columns))


def _imported_rows(rows: Sequence[tuple[object, object, object]], columns: Sequence[str]) -> _TakeExamples:
    x, sounds, labels, more = [], [], [], []
    for label, features, outputs in rows:
        known, sound = _numbers(features), _numbers(outputs)
        if known is None or sound is None or not isinstance(label, str):
            continue
        x.append(np.array([known.get(column, math.nan) for column in columns]))
        sounds.append(sound)
        labels.append(label)
        more.append(known)
    return _TakeExamples(_stacked(x, len(columns)), tuple(sounds), tuple(labels), tuple(more), lost=len(rows) - len(x))


def _numbers(text: object) -> _Numbers | None:
    """Names and numbers; None for anything else."""
    try:
        return msgspec.json.decode(text, type=_Numbers) if isinstance(text, str) else None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _note(parts: Mapping[int, _TakeExamples]) -> str:
    lost = {take: part.lost for take, part in parts.items() if part.lost}
    empty = [take for take, part in parts.items() if not part.labels and not part.lost]
    text = []
    if lost:
        count, where = sum(lost.values()), ", ".join(map(str, list(lost)[:10])) + (" and more" * (len(lost) > 10))
        text.append(
            f"{count} poses of the examples are damaged on the disk; they are left out "
            f"(take {where}; `gesturesynth examples delete` takes a damaged take away)."
        )
    if empty:
        text.append(f"Nothing is left of take {', '.join(map(str, empty[:10]))}: no pose of it teaches anything.")
    return " ".join(text)


def _stacked(rows: Sequence[Float], columns: int) -> Float:
    return np.array(rows, dtype=np.float64).reshape(len(rows), columns)


def _concatenate(
    ids: Sequence[int],
    parts: Sequence[_TakeExamples],
    columns: tuple[str, ...],
    outputs: tuple[str, ...],
    *,
    everything: bool,
) -> Examples:
    x = np.concatenate([np.empty((0, len(columns))), *(part.x for part in parts)])
    views = np.concatenate(
        [np.empty((0, len(columns))), *(part.view_changes for part in parts if part.view_changes is not None)]
    )
    viewed = [0 if part.view_changes is None else len(part.view_changes) for part in parts]
    if everything:
        outputs = tuple(dict.fromkeys([*outputs, *(name for p in parts for sound in p.sounds for name in sound)]))
        extra = tuple(
            dict.fromkeys(name for p in parts for row in p.extra_features for name in row if name not in columns)
        )
        beyond = [[row.get(name, math.nan) for name in extra] for part in parts for row in part.extra_features]
        x = np.hstack([x, np.array(beyond, dtype=np.float64).reshape(len(x), len(extra))])
        views = np.hstack([views, np.zeros((len(views), len(extra)))])
        columns += extra
    y = [[sound.get(name, math.nan) for name in outputs] for part in parts for sound in part.sounds]
    labels = [label for part in parts for label in part.labels]
    return Examples(
        columns=columns,
        X=x,
        outputs=outputs,
        Y=np.array(y, dtype=np.float64).reshape(len(y), len(outputs)),
        labels=np.array(labels, dtype=np.str_),
        takes=np.repeat(np.array(ids, dtype=np.int64), [len(part.labels) for part in parts]),
        view_changes=views,
        view_takes=np.repeat(np.array(ids, dtype=np.int64), viewed),
    )
