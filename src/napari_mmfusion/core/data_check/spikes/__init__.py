"""Spikes, hot blocks and hot lines."""
