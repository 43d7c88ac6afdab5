"""Layer 2, the state of the processes: their newest status, one assessment of it, metrics for Prometheus.

Use `health` (pure), `status_monitor`, `metrics_server` and `status_text`. Knows no other package of its layer.
"""
