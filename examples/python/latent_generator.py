"""A stand-in for a generative model: it gets the latent over OSC, makes a picture of it, and writes how it went.

    python examples/python/latent_generator.py --port 9100 --size 512

In a script of your own, the network stands in the place of `picture`: `G(torch.from_numpy(latent)[None], None)` for
StyleGAN, `rave.decode(...)` for RAVE. Only the newest latent counts, as frames take longer than messages: all that have
come meanwhile are read first, and the last one is taken.
"""

from __future__ import annotations

import argparse
import socket
import struct
import sys

import numpy as np
from pythonosc.osc_message import OscMessage, ParseError

ADDRESS = "/latent"
SIDE = 16


def latent_of(packet: bytes, size: int) -> np.ndarray | None:
    """The latent in a datagram, float32 (size,): floats, or one blob; None for anything else."""
    try:
        message = OscMessage(packet)
        values = message.params
        if len(values) == 1 and isinstance(values[0], bytes):
            values = struct.unpack(f">{size}f", values[0])
        latent = np.array(values, dtype=np.float32)
    except (ParseError, struct.error, TypeError, ValueError):  # any program may send to this port
        return None
    return latent if message.address == ADDRESS and latent.shape == (size,) and np.isfinite(latent).all() else None


def newest(receiver: socket.socket, size: int) -> np.ndarray | None:
    """Waits for a latent, and takes the last of all that have come."""
    latent = latent_of(receiver.recv(65536), size)
    receiver.setblocking(False)
    try:
        while True:
            newer = latent_of(receiver.recv(65536), size)
            latent = latent if newer is None else newer
    except BlockingIOError:
        return latent
    finally:
        receiver.setblocking(True)


def picture(latent: np.ndarray) -> np.ndarray:
    """A picture of grey values (SIDE, SIDE), 0..1. Here it is a pattern; there it is the network."""
    waves = np.random.RandomState(0).randn(SIDE * SIDE, latent.size) / np.sqrt(latent.size)
    return np.asarray(1 / (1 + np.exp(-waves @ latent))).reshape(SIDE, SIDE)


def main() -> None:
    """Makes a picture of each latent, and writes a line about it, until Ctrl-C or `--frames` are made."""
    parser = argparse.ArgumentParser(description="Gets a latent over OSC and makes pictures of it.")
    parser.add_argument("--port", type=int, default=9100)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--frames", type=int, default=0, help="end after so many; 0: never")
    flags = parser.parse_args()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", flags.port))
        print(f"waits at {receiver.getsockname()[1]}", flush=True)
        made = 0
        while not flags.frames or made < flags.frames:
            latent = newest(receiver, flags.size)
            if latent is None:
                continue
            made += 1
            shades = " .:-=+*#%@"
            line = "".join(shades[int(value * 9.99)] for value in picture(latent)[SIDE // 2])
            print(f"{made:6} |{line}| length {np.linalg.norm(latent):.2f}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(0)
