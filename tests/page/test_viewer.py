"""One viewer: what waits for it is limited, and it is cut off even while it is being sent something."""

from __future__ import annotations

import asyncio

import pytest

from gesturesynth.page.viewer import MOST_ANSWER_BYTES, MOST_ANSWERS, Frame, Viewer, ViewerLost


async def never_read(_frame: Frame) -> None:
    await asyncio.Event().wait()


def test_answers_are_sent_in_order_and_before_topics() -> None:
    async def scenario() -> list[Frame]:
        sent: list[Frame] = []
        done = asyncio.Event()

        async def send(frame: Frame) -> None:
            sent.append(frame)
            if len(sent) == 3:
                done.set()

        viewer = Viewer(send, "look", 1)
        viewer.offer("pose", b"old")
        viewer.offer("pose", b"new")
        viewer.answer("1")
        viewer.answer("2")
        sending = asyncio.create_task(viewer.send_for_ever())
        await asyncio.wait_for(done.wait(), 5)
        sending.cancel()
        return sent

    assert asyncio.run(scenario()) == ["1", "2", b"new"]


@pytest.mark.parametrize(("answer", "most"), [("x", MOST_ANSWERS), ("x" * (MOST_ANSWER_BYTES // 4), 4)])
def test_one_that_asks_and_does_not_read_is_dropped_and_nothing_is_kept_for_it(answer: str, most: int) -> None:
    async def scenario() -> None:
        viewer = Viewer(never_read, "look", 1)
        sending = asyncio.create_task(viewer.send_for_ever())
        viewer.answer("being sent")
        await asyncio.sleep(0)
        for _ in range(most):
            viewer.answer(answer)
        assert not viewer.dropped.is_set()
        viewer.answer(answer)
        await asyncio.wait_for(viewer.dropped.wait(), 1)
        viewer.answer(answer)
        assert not viewer._answers
        sending.cancel()

    asyncio.run(scenario())


def test_one_that_is_dropped_is_sent_nothing_more() -> None:
    async def scenario() -> None:
        viewer = Viewer(never_read, "play", 2)
        viewer.answer("1")
        viewer.drop()
        with pytest.raises(ViewerLost):
            await asyncio.wait_for(viewer.send_for_ever(), 1)

    asyncio.run(scenario())
