"""A preset with five outputs, for tests and measurements of retraining."""

FIVE_VOICES = """\
name: Five voices
features: [right_wrist.height, left_wrist.height, hands.distance]
outputs:
  pitch: {to: theremin.pitch, range: [110, 1760], unit: Hz, warp: exp}
  level: {to: theremin.level, range: [-28, 0], unit: dB}
  timbre: {to: theremin.timbre, range: [0.0, 0.13]}
  below: {to: drone.pitch, range: [40, 160], unit: Hz, warp: exp}
  depth: {to: drone.level, range: [-40, -6], unit: dB}
snapshots:
  1: {pitch: 110, level: -28, timbre: 0, below: 160, depth: -40}
  2: {pitch: 1760, level: 0, timbre: 0.13, below: 40, depth: -6}
  3: {pitch: 440, level: -10, timbre: 0.05, below: 80, depth: -20}
instruments:
  theremin: {}
  drone: {}
"""
"""A preset without examples, with two instruments and an output for each of five parameters."""
