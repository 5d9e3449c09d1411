"""The parameters: their panel, presets, history and automatic choice."""
