"""`gesturesynth examples map`: a picture of what was taught."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from gesturesynth.cli.example_stores import all_examples, open_taught_store
from gesturesynth.cli.flags import NO_OUTPUT_FLAGS, OutputFlags
from gesturesynth.cli.take_edits import PresetName, print_done
from gesturesynth.config.preset import loader
from gesturesynth.core.errors import GestureSynthError, UserError


def add_map_command(app: App) -> None:
    """Adds the command of this module to those of `examples`."""
    app.command(map_, name="map")


def map_(
    *,
    preset_: PresetName,
    picture: Annotated[Path, Parameter(help="The PNG file to write.")],
    factory: Annotated[bool, Parameter(negative="", help="The examples that come with the preset.")] = False,
    output: OutputFlags = NO_OUTPUT_FLAGS,
) -> None:
    """Draws all examples as points, near each other where poses are alike, with what each of them is for."""
    from gesturesynth.mapping.learning.fit import fit
    from gesturesynth.pipeline.fit_job import fit_job
    from gesturesynth.pipeline.pictures.example_map_picture import TaughtExamples, write_example_map
    from gesturesynth.pipeline.pictures.figures import check_picture_name
    from gesturesynth.pipeline.render_files import atomic_output

    check_picture_name(picture)
    piece = loader.load(loader.find(preset_))
    own, targets = None, {}
    if not factory:
        with open_taught_store(preset_) as store:
            own = all_examples(store, piece)
            targets = {info.id: info.target for info in store.takes()}
    job = fit_job(piece, own)
    if not len(job.takes):
        raise UserError(f"'{piece.name}' has no examples of poses to draw: record some, or say --factory")
    shown = [targets.get(take) or label or "factory" for take, label in zip(job.takes, job.labels, strict=True)]
    title = f"{piece.name}: {len(set(job.takes))} takes, {len(job.takes)} examples"
    try:
        with atomic_output(picture) as file:
            write_example_map(file, TaughtExamples(title, job, fit(job), piece.mapping_outputs(), shown))
    except OSError as error:
        raise GestureSynthError(f"{picture} could not be written: {error.strerror}. Nothing was changed.") from error
    print_done(f"{picture}: {title}", output)
