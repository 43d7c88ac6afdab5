from __future__ import annotations

from tests.systemd.test_service import Gallery, gallery  # noqa


def test_x(gallery: Gallery) -> None:
    for args in (("doctor",),):
        done = gallery.shell(*args)
        print(done.returncode, done.stdout, done.stderr)
    r = gallery.machine.run(
        "sh",
        "-c",
        "cd /; sudo -u gesturesynth gesturesynth doctor --json 2>&1 || setpriv --reuid gesturesynth --regid gesturesynth --clear-groups /usr/local/bin/gesturesynth doctor 2>&1; true",
    )
    print(r.stdout)
    r = gallery.machine.run(
        "/opt/gesturesynth/current/bin/python",
        "-c",
        "import urllib.request as u; print(u.urlopen('http://127.0.0.1:9464/metrics').read().decode()[:600]); print(u.urlopen('http://127.0.0.1:9464/health').read())",
    )
    print(r.stdout)
    r = gallery.machine.run("sh", "-c", "gesturesynth doctor; true")
    print(r.stdout)
    assert 0
