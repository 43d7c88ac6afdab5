"""The instruments as graphs of scsynth, SuperCollider's server, for a comparison of processor time."""
