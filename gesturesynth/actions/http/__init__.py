"""Requests to web servers: which addresses are allowed, one request with its limits, threads that make them.

Other packages use `addresses`.
"""
