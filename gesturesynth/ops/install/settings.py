"""Texts that an installation writes: the first settings, those of JACK, and network drop-ins of units. Pure."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

from gesturesynth.config.settings.page import LOCAL
from gesturesynth.config.settings.remote import remote_trackers
from gesturesynth.config.settings.settings import Settings
from gesturesynth.core.errors import UserError
from gesturesynth.light.protocols import LOOPBACK, MULTICAST, MULTICAST_NETWORK
from gesturesynth.ops.install.layout import ACTION_KEYS, ACTIONS, LIGHT, MIDI, POSE_SERVER
from gesturesynth.remote_poses.keys import FOLDER, KEY_FILE, OWN_FILE
from gesturesynth.tracking.sources import SCHEMES

SETTINGS: Final = """\
# The settings of this computer, for the system service. What is left out has its default; `docs/settings.md` of the
# project has every key. A `#` in front of a line switches it off.
#
# Changed something? `sudo systemctl restart gesturesynth.target`.
# Changed osc.host, osc.allow, inputs.allow, page.listen, trackers, publish, actions, light, midi, or a camera on the
# network? `sudo gesturesynth service install`, which allows access.
#
# Every user of this computer can read this file. If the address of a camera has a password in it:
# `sudo chgrp gesturesynth gesturesynth.yaml && sudo chmod 640 gesturesynth.yaml`.

preset: theremin          # a name from `gesturesynth preset list`, or a file; your own go into presets/ beside this
# volume: -6 dB

camera:
  source: auto            # the first camera, else the demo performer; or /dev/gesturesynth-camera, for that one only
  # mirror: yes
  # rotate: 90            # a camera on its side

audio:
  backend: auto           # JACK where it runs (`service install --jack`), else the sound card
  # device: USB           # part of its name

# osc:
#   host: 0.0.0.0         # receive from other computers, too
#   allow: [192.168.1.20] # but only these

# inputs:                 # numbers of phones and other programs, for presets that have `inputs`
#   host: 0.0.0.0
#   allow: [192.168.1.0/24]

# page:
#   listen: 192.168.1.0/24 # the page for devices of this network, which are paired: `gesturesynth page pair`
"""

JACK: Final = """\
# The sound server of gesturesynth-jackd.service: which card, and how. After a change:
# `sudo systemctl restart gesturesynth.target`. `cat /proc/asound/cards` lists the cards: hw: and the word in brackets.

# Options of the server (`man jackd`).
JACK_SERVER=--realtime --realtime-priority 70

# The driver and its options: card, sample rate, frames a buffer, buffers. `-P` plays only: without it there are inputs,
# too, which `ear: true` in gesturesynth.yaml needs.
{driver}
"""
ALSA_DRIVER: Final = "JACK_DRIVER=-d alsa -d hw:{card}{plays} -r 48000 -p 256 -n 3"
PLAYS_ONLY: Final = " -P"
NO_CARD: Final = """\
# No sound card was found when this file was written, so nothing is heard. With one it would be:
# JACK_DRIVER=-d alsa -d hw:CARD -P -r 48000 -p 256 -n 3
JACK_DRIVER=-d dummy -r 48000 -p 256"""

KEY_LINES: Final = f"""\
ExecStartPre=-+/usr/bin/install -m 0400 -o {{user}} -g gesturesynth \\
  /etc/gesturesynth/{FOLDER}/{OWN_FILE} /run/gesturesynth/{{process}}/{OWN_FILE}
Environment={KEY_FILE}=/run/gesturesynth/{{process}}/{OWN_FILE}"""
"""systemd copies the key, as root, for the service's user alone, into memory (/run). Its credentials (LoadCredential)
cannot be read by a service with PrivateUsers on Debian 12; without a key the conductor plays with its own tracker."""

MDNS: Final = "224.0.0.251/32"
"""The group by which computers of a local network find services (RFC 6762)."""
NETWORK: Final = """\
# Written by `gesturesynth service install`, from {why} in gesturesynth.yaml.
[Service]
{lines}
"""


def sound_cards(listing: str) -> list[str]:
    """The short names of the sound cards in /proc/asound/cards, in its order, USB first."""
    found = re.findall(r"^ *\d+ \[(\S+) *\]: (\S+)", listing, re.MULTILINE)
    return [card for card, _ in sorted(found, key=lambda one: one[1] != "USB-Audio")]


def jack_settings(cards: list[str], *, listens: bool = False) -> str:
    """The first content of jack.env, given the names of the sound cards, and whether a microphone is to be open."""
    plays = "" if listens else PLAYS_ONLY
    return JACK.format(driver=ALSA_DRIVER.format(card=cards[0], plays=plays) if cards else NO_CARD)


def conductor_network(settings: Settings) -> str:
    """The network drop-in of the conductor, for OSC, inputs and trackers of other computers; empty when it needs none.

    Raises:
        UserError: an address in the settings is not valid.
    """
    lines, why = [], []
    for key, one in (("osc.allow", settings.osc), ("inputs.allow", settings.inputs)):
        if one.enabled and one.allow and not _is_loopback(one.host):
            lines += [f"IPAddressAllow={_network(text, key)}" for text in one.allow]
            why.append(key)
    remote = [one.address.host for one in remote_trackers(settings.trackers) if one.address]
    if remote:
        lines += [f"IPAddressAllow={_network(host, 'trackers')}" for host in remote]
        lines.append(KEY_LINES.format(user="gesturesynth", process="conductor"))
        why.append("trackers")
    return NETWORK.format(why=" and ".join(why), lines="\n".join(dict.fromkeys(lines))) if lines else ""


def pose_server_network(settings: Settings) -> str:
    """The drop-in of the pose server: who may reach it, and its key; empty where it does not run.

    Raises:
        UserError: an address in the settings is not valid.
    """
    publish = settings.publish
    if not publish.address:
        return ""
    networks = [_network(text, "publish.allow") for text in publish.allow] or ["any"]
    lines = [*(f"IPAddressAllow={network}" for network in networks)]
    lines.append(KEY_LINES.format(user="gesturesynth-poses", process="pose-server"))
    return NETWORK.format(why="publish", lines="\n".join(lines))


def actions_network(settings: Settings) -> str:
    """The network drop-in of actions: where requests and OSC may go; empty where this computer is all they reach.

    A name may come to stand for any address at any time, so with names the process itself decides
    (`actions/http/addresses.py`).
    """
    actions = settings.actions
    lines = [f"IPAddressAllow={network}" for network in actions.networks]
    for one in actions.addresses():
        if one.host == "localhost":
            continue
        numeric = one.host.replace(".", "").isdecimal()
        lines.append(f"IPAddressAllow={one.host if numeric else 'any'}")
    lines = [line for line in dict.fromkeys(lines) if not line.endswith("=127.0.0.1")]
    return NETWORK.format(why="actions", lines="\n".join(lines)) if actions.enabled and lines else ""


def light_network(settings: Settings) -> str:
    """The network drop-in of the process that drives lamps; empty where they are programs of this computer."""
    light = settings.light.light_settings()
    addresses = dict.fromkeys((light.address, *(to.address for to in light.universes.values())))
    lines = [f"IPAddressAllow={MULTICAST_NETWORK if one == MULTICAST else one}" for one in addresses if one != LOOPBACK]
    return NETWORK.format(why="light", lines="\n".join(lines)) if settings.light.enabled and lines else ""


def asked_for(settings: Settings) -> dict[str, bool]:
    """Which of the optional processes the settings ask for."""
    actions = settings.actions
    return {
        POSE_SERVER: bool(settings.publish.address),
        ACTIONS: actions.enabled,
        ACTION_KEYS: actions.enabled and bool(actions.keys),
        LIGHT: settings.light.enabled,
        MIDI: settings.midi.enabled,
    }


def needs_key(settings: Settings) -> bool:
    """Whether a service talks to other computers about poses."""
    return bool(settings.publish.address or remote_trackers(settings.trackers))


def page_network(settings: Settings) -> str:
    """The network drop-in of the page, for devices of a network, and to announce itself; empty when it needs none.

    Raises:
        UserError: an address in the settings is not valid.
    """
    page, lines, why = settings.page, [], []
    if page.enabled and page.listen != LOCAL:
        lines.append(f"IPAddressAllow={_network(page.listen, 'page.listen')}")
        why.append("page.listen")
    osc = settings.osc
    told_of_osc = osc.enabled and osc.allow and not _is_loopback(osc.host)
    serves = page.enabled or settings.oscquery.without_page
    if settings.oscquery.enabled and settings.oscquery.announce and serves and (lines or told_of_osc):
        if told_of_osc:
            lines += [f"IPAddressAllow={_network(text, 'osc.allow')}" for text in osc.allow]
            why.append("osc.allow")
        lines.append(f"IPAddressAllow={MDNS}")
    return NETWORK.format(why=" and ".join(why), lines="\n".join(dict.fromkeys(lines))) if lines else ""


def tracker_network(settings: Settings) -> str:
    """The network drop-in of the tracker, for a camera that is an address; empty without one.

    Without it the unit of the tracker has no network at all.

    Raises:
        UserError: the camera has a name instead of a number.
    """
    source = settings.camera.source
    if not source.lower().startswith(tuple(f"{scheme}:" for scheme in SCHEMES)):
        return ""
    host = urlsplit(source).hostname or ""
    address = _network(host, "camera.source")
    lines = (
        "PrivateNetwork=no",
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
        f"IPAddressAllow={address}",
    )
    return NETWORK.format(why="camera.source", lines="\n".join(lines))


def _network(text: str, key: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError as error:
        raise UserError(
            f"{key}: '{text}' is not an address in numbers, such as 192.168.1.20: a service reaches only what is "
            "allowed by its address"
        ) from error


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
