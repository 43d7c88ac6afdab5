"""What happens at the desk: codes are given out and redeemed, devices listed and revoked."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Collection

from gesturesynth.core import log
from gesturesynth.core.errors import UserError
from gesturesynth.page.desk_socket import DeskAnswer, DeskRequest, ListedDevice
from gesturesynth.page.devices import Device, DeviceBook
from gesturesynth.page.network import Reach
from gesturesynth.page.pairing import PairingDesk
from gesturesynth.page.viewer import Viewer


class Desk:
    """Pairing of one server.

    Args:
        devices: those that are paired.
        viewers: all who are connected, of whom those are cut off that are revoked.
        reach: who may connect.
        address: of the page, for other devices.
    """

    def __init__(
        self, devices: DeviceBook, viewers: Callable[[], Collection[Viewer]], reach: Reach, address: str
    ) -> None:
        self.devices = devices
        self._viewers = viewers
        self._reach = reach
        self._address = address
        self._pairing = PairingDesk()

    async def answer(self, request: DeskRequest) -> DeskAnswer:
        """Carries out what a shell asks for."""
        try:
            if request.verb == "pair":
                return self._pair(request)
            if request.verb == "revoke":
                return self._revoke(request.number)
        except UserError as error:
            return DeskAnswer(ok=False, text=str(error))
        if request.verb == "devices":
            return DeskAnswer(ok=True, devices=tuple(map(self._listed, self.devices.devices)))
        return DeskAnswer(ok=False, text=f"the page knows no '{request.verb}'")

    def redeem(self, digits: str, name: str) -> tuple[Device, str]:
        """A device has sent a code: itself, and its token.

        Raises:
            UserError: the code does not pair, or the device cannot be remembered.
        """
        role = self._pairing.redeem(digits, time.monotonic())
        paired = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        device, token = self.devices.add(name, role, paired)
        log.get().info("device paired", device=device.number, name=device.name, role=device.role)
        return device, token

    def _pair(self, request: DeskRequest) -> DeskAnswer:
        if not self._reach.is_open:
            raise UserError(
                "the page is for this computer only, which needs no pairing. To let others in, say which network may: "
                "`page: {listen: 192.168.0.0/24}` in gesturesynth.yaml, then start again"
            )
        code = self._pairing.open(request.role, time.monotonic())
        log.get().info("pairing opened", role=request.role)
        return DeskAnswer(ok=True, code=code, address=f"{self._address}#pair={code}")

    def _revoke(self, number: int) -> DeskAnswer:
        numbers = [number] if number else [device.number for device in self.devices.devices]
        gone = [self.devices.revoke(one) for one in numbers]
        for device in gone:
            log.get().info("device revoked", device=device.number, name=device.name)
            for viewer in self._viewers():
                if viewer.device == device.number:
                    viewer.drop()
        return DeskAnswer(ok=True, devices=tuple(map(self._listed, gone)))

    def _listed(self, device: Device) -> ListedDevice:
        connected = sum(viewer.device == device.number for viewer in self._viewers())
        return ListedDevice(device.number, device.name, device.role, device.paired, connected)
