"""Layer 2, how the processes do: their newest status, one judgement of it, figures for Prometheus.

Faces: `health` (pure), `status_monitor`, `metrics_server`, `status_text`. Knows no other package of its layer.
"""
